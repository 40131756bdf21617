"""The verdict on every event of a request: accepted, as bytes for a record, or rejected for these reasons.

This is the hot loop. It runs on plain dictionaries; what only a rejected event needs is done in later steps.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from functions.collect.adapter import growth
from functions.collect.adapter.event_builder import OBSERVED
from functions.collect.adapter.event_bytes import written
from functions.collect.adapter.rejection import Rejection
from functions.collect.adapter.wire_format import Parsed
from functions.collect.auth.source_secrets import SourceSecrets
from functions.collect.auth.verification import verify
from functions.collect.http.body import TooLarge
from functions.collect.pipeline.time_window import out_of_time, time_window
from functions.collect.verdicts import Accepted, Verdicts
from functions.collect.work import Work
from shared.identity import strongest
from shared.plan.reasons import Observation, Reason
from shared.plan.tracking_plan import Plan
from shared.workspace.collecting import Source

NO_IDS: dict[str, str] = {}

MOST_REASONS, MOST_OF_A_REQUEST = 20, 10_000
"""Of one event, and of all together (each has one at least): what is wrong with a batch is wrong with each event."""


def validate(work: Work) -> None:
    """Raises TooLarge for the whole request, or Unavailable."""
    work.verdicts = verdicts(
        work.parsed,
        work.source,
        work.resources.plan(work.workspace),
        work.resources.secrets,
        growth.MOST,
    )


def verdicts(
    parsed: Parsed, source: Source, plan: Plan, secrets: SourceSecrets, most: int | None = None
) -> Verdicts:
    """Raises Unavailable when a hash is to be verified and the secrets cannot be read, TooLarge when what is accepted
    takes more than `most` bytes."""
    limits, policy = source.limits, source.policy
    most_bytes = limits.event_bytes
    oldest, latest = time_window(parsed.arrival, limits)
    check = plan.check
    accepted: list[Accepted] = []
    rejected: list[Rejection] = []
    observed: dict[str, int] = {}
    left = math.inf if most is None else most
    for position, (fields, reasons) in enumerate(parsed.items):
        seen: Collection[str] = fields.pop(OBSERVED) if OBSERVED in fields else ()
        if reasons and policy != "strict":
            seen, reasons = _overlooked(seen, reasons)
        understood = not reasons
        if understood:
            if not oldest <= fields["occurred_at"] <= latest:
                reasons = [out_of_time(fields, parsed.arrival, limits)]
            type_, properties = fields["type"], fields.get("properties")
            if properties is not None or type_ == "track":
                properties, broken = check(fields["name"], type_, properties or {}, policy)
                if properties:
                    fields["properties"] = properties
                if broken:
                    if policy == "observe":
                        seen = (*seen, broken[0].code)
                    elif broken[0].observation is not None:
                        seen = (*seen, broken[0].observation)
                    else:
                        reasons = reasons + broken
        if not reasons:
            context = fields.get("context")
            if context and ("user_hash" in context or "previous_user_hash" in context):
                verify(fields, secrets.identity_secret(source.id))
            data, reasons = written(fields, most_bytes)
            if data is not None:
                left -= len(data)
                if left < 0:
                    raise _too_much(most)
                get = fields.get
                person = strongest(get("user_id"), get("anonymous_id"), get("other_ids", NO_IDS))
                accepted.append((person, data))
                if seen:
                    for code in map(str, seen):  # by plain text: orjson takes no enum for a key
                        observed[code] = observed.get(code, 0) + 1
                continue
        if understood:
            from functions.collect.adapter import broken_text  # for what is rejected, as it stands

            if broken_text.repair(fields):
                fields[OBSERVED] = {*seen, Observation.TEXT_REPAIRED}
                again = verdicts(parsed._replace(items=[(fields, [])]), source, plan, secrets)
                left -= sum(len(data) for _, data in again.accepted)
                if left < 0:
                    raise _too_much(most)
                accepted += again.accepted
                rejected += [one._replace(position=position) for one in again.rejected]
                for code, count in again.observed.items():
                    observed[code] = observed.get(code, 0) + count
                continue
        rejected.append(Rejection(position, fields, reasons[:MOST_REASONS]))
    if len(rejected) * MOST_REASONS > MOST_OF_A_REQUEST:
        most_of_each = max(1, MOST_OF_A_REQUEST // len(rejected))
        rejected = [one._replace(reasons=one.reasons[:most_of_each]) for one in rejected]
    return Verdicts(accepted, rejected, observed)


def _too_much(most: int | None) -> TooLarge:
    return TooLarge(f"the events take more than {most} bytes as they are stored: send fewer at once")


def _overlooked(seen: Collection[str], reasons: list[Reason]) -> tuple[Collection[str], list[Reason]]:
    """What is only observed where a source is not strict; all reasons stay where there is any other."""
    overlooked = [reason.observation for reason in reasons if reason.observation is not None]
    return ((*seen, *overlooked), []) if len(overlooked) == len(reasons) else (seen, reasons)
