"""Rejected events once more: read again from their raw bodies, judged by the latest workspace, and put on the stream.

They keep their ids and the time they came. An event is marked only once it is on the stream, so a crash in between puts
it there twice, and `process` recognises it by its id. What is still rejected stays as it is, to be tried again later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from functions.collect import packing
from functions.collect.judging import CurrentWorkspace
from functions.collect.protocols import Parsed
from functions.collect.rereading import read_again
from functions.collect.verdicts import judge
from functions.collect.verification import IdentitySecrets
from shared.plan import Plan
from shared.ports import Rejected, Stream
from shared.reasons import Reason
from shared.rejected import RejectedItem, RejectedRequest
from shared.workspace import Source, Workspace

Outcome = Literal["replayed", "rejected", "already_replayed", "source_gone", "not_found", "not_stored"]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of the event with this id (`<request>-<index>`). `reasons` say why it is `rejected` again."""

    id: str
    outcome: Outcome
    reasons: Sequence[Reason] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "outcome": self.outcome,
            "reasons": [reason.as_dict() for reason in self.reasons],
        }


class Replay:
    """`clock` tells the time an event is marked with (UTC)."""

    def __init__(
        self,
        *,
        workspace: CurrentWorkspace,
        stream: Stream,
        rejected: Rejected,
        secrets: IdentitySecrets,
        clock: Callable[[], datetime],
    ) -> None:
        self._workspace = workspace
        self._stream = stream
        self._rejected = rejected
        self._secrets = secrets
        self._clock = clock

    def events(self, ids: Sequence[str]) -> list[Replayed]:
        """One answer for each id, in order. Raises Unavailable; what was answered by then is marked already."""
        workspace = self._workspace.refreshed()
        plan = Plan(workspace)
        of_request: dict[str, list[str]] = {}
        for id_ in dict.fromkeys(ids):
            of_request.setdefault(id_.rpartition("-")[0], []).append(id_)
        found = {
            one.id: one
            for request, its_ids in of_request.items()
            for one in self._request(request, its_ids, workspace, plan)
        }
        return [found[id_] for id_ in ids]

    def _request(self, request: str, ids: list[str], workspace: Workspace, plan: Plan) -> list[Replayed]:
        kept = self._kept(request)
        items = {} if kept is None else {f"{request}-{item.index}": item for item in kept.items}
        source = None if kept is None else workspace.source_by_id.get(kept.source)
        found: list[Replayed] = []
        waiting: list[RejectedItem] = []
        for id_ in ids:
            if id_ not in items:
                found.append(Replayed(id_, "not_found"))
            elif items[id_].replayed_at is not None:
                found.append(Replayed(id_, "already_replayed"))
            elif source is None:
                found.append(Replayed(id_, "source_gone"))
            else:
                waiting.append(items[id_])
        if kept is not None and source is not None and waiting:
            found += self._judged(kept, sorted(waiting, key=lambda item: item.index), source, workspace, plan)
        return found

    def _kept(self, request: str) -> RejectedRequest | None:
        try:
            return self._rejected.request(request)
        except ValueError:  # what stands before the index is no request id
            return None

    def _judged(
        self,
        kept: RejectedRequest,
        items: list[RejectedItem],
        source: Source,
        workspace: Workspace,
        plan: Plan,
    ) -> list[Replayed]:
        parsed = read_again(kept, items)
        accepted, rejected, _ = judge(parsed, source, plan, self._secrets)
        reasons = {one.position: one.reasons for one in rejected}
        unstored = self._put(kept, parsed, accepted, source, workspace)

        passed = iter(accepted)
        found = []
        for position, item in enumerate(items):
            id_ = f"{kept.request}-{item.index}"
            if position in reasons:
                found.append(Replayed(id_, "rejected", reasons[position]))
            else:
                person, _ = next(passed)
                found.append(Replayed(id_, "not_stored" if person in unstored else "replayed"))
        now = self._clock()
        outcomes = zip(items, found, strict=True)
        self._rejected.mark(
            kept.request, {item.index: now for item, one in outcomes if one.outcome == "replayed"}
        )
        return found

    def _put(
        self,
        kept: RejectedRequest,
        parsed: Parsed,
        accepted: list[tuple[str, bytes]],
        source: Source,
        workspace: Workspace,
    ) -> set[str]:
        """The people of whom not every record could be stored."""
        common = packing.common(
            source, kept.protocol, workspace.version, kept.request, parsed.arrival, len(accepted), 0
        )
        entries = packing.entries(common, accepted)
        return {entries[position].key for position in self._stream.put(entries)} if entries else set()
