"""The judging of `collect`, of one event in the shape of our own API: no HTTP, no key, no quota."""

from __future__ import annotations

from typing import NamedTuple

from functions.collect.adapter.message_ids import given
from functions.collect.adapter.rejection import Rejection
from functions.collect.adapter.wire_format import Delivery, Parsed
from functions.collect.auth.source_secrets import SourceSecrets
from functions.collect.pipeline import pack
from functions.collect.pipeline.validate import verdicts
from functions.collect.protocols.twilio_segment import FORMAT
from functions.collect.rejected.explaining import explained
from shared.plan.reasons import Reason
from shared.plan.tracking_plan import Plan
from shared.ports.streams import StreamEntry
from shared.workspace.model import Workspace
from simulation.lane.lines import line_id
from simulation.lane.plan import FromSource
from simulation.ports.secrets import FakeSecrets

BATCH = "batch"
"""The call whose items say what they are themselves."""


class Judged(NamedTuple):
    """The record of an accepted event, or why it is rejected. `event` is its message id, `name` its name."""

    record: StreamEntry | None
    event: str
    name: str
    reasons: list[Reason]


class Judge:
    """By one version of a workspace. No source has a secret, so that no `user_hash` is right."""

    def __init__(self, workspace: Workspace, seed: int) -> None:
        self._workspace = workspace
        self._plan = Plan(workspace)
        self._seed = seed
        self._secrets = SourceSecrets(FakeSecrets(), lambda: 0.0)

    def judge(self, step: FromSource) -> Judged:
        sent, source = step.sent, step.source
        raw = sent.raw
        if given(raw.get("messageId")) is None and not raw.get("timestamp"):
            raw = {**raw, "messageId": line_id(self._seed, sent.number)}  # `collect` would draw one
        delivery = Delivery(f"/v1/{BATCH}", sent.at, False, source.trust == "browser", None, None)
        arrival, item = FORMAT.again(BATCH, raw, {}, delivery)
        event = str(item[0].get("id", ""))
        name = str(item[0].get("name", ""))
        item[0]["id"] = event  # not of a kind that only a request's other items would give a meaning
        judged = verdicts(Parsed(arrival, [item], [raw], {}), source, self._plan, self._secrets)
        if judged.rejected:
            return Judged(None, event, name, self._explained(judged.rejected, raw))
        common = pack.common(source, FORMAT.name, self._workspace.version, str(sent.number), arrival, judged)
        (record,) = pack.entries(common, judged.accepted)
        return Judged(record, event, name, [])

    def _explained(self, rejected: list[Rejection], raw: object) -> list[Reason]:
        (found,) = explained(rejected, [raw], raw, self._workspace, FORMAT.words)
        return found.reasons
