"""Replay: rejected events judged again by the latest workspace, and put on the stream as if they came when they came.

Each keeps the id, the source, the trust and the time of arrival it had, so that an event replayed twice is recognised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.field_names import in_words
from functions.collect.adapter.rejection import Rejection
from functions.collect.auth.source_secrets import SourceSecrets
from functions.collect.pipeline import pack
from functions.collect.pipeline.validate import verdicts
from functions.collect.protocols import NAMES, wire_format
from functions.collect.replay.reading import read
from functions.collect.suggestions import plan_names
from functions.collect.verdicts import Verdicts
from functions.collect.work import CurrentWorkspace
from shared.aws.runtime import new_id
from shared.plan.reasons import Reason
from shared.plan.tracking_plan import Plan
from shared.ports.rejected import Rejected
from shared.ports.runtime import NewId
from shared.ports.streams import Stream
from shared.rejected import RejectedItem, RejectedRequest
from shared.workspace.collecting import CollectingWorkspace, Source

REPLAYED, STILL_REJECTED, BEFORE = "replayed", "rejected", "already_replayed"
NOT_FOUND, SOURCE_GONE, NOT_STORED = "not_found", "source_gone", "not_stored"

Outcome = dict[str, Any]
"""`id` of the event, `outcome` (one of the words above), `reasons` when it was rejected again,
`source` when that is gone."""


class Replay:
    """`clock` tells the time an event is marked as replayed at (UTC)."""

    def __init__(
        self,
        *,
        workspace: CurrentWorkspace,
        stream: Stream,
        rejected: Rejected,
        secrets: SourceSecrets,
        clock: Callable[[], datetime],
        new_id: NewId = new_id,
    ) -> None:
        self._workspace = workspace
        self.stream = stream
        self._rejected = rejected
        self._secrets = secrets
        self._clock = clock
        self._new_id = new_id

    def events(self, ids: Iterable[str]) -> list[Outcome]:
        """What became of each. Raises Unavailable when AWS is; what was replayed by then is marked."""
        workspace = self._workspace.refreshed()
        plan = Plan(workspace)
        outcomes: list[Outcome] = []
        for request_id, indexes in by_request(ids).items():
            outcomes += self._of_request(request_id, indexes, workspace, plan)
        return outcomes

    def _of_request(
        self, request_id: str, indexes: dict[int, str], workspace: CollectingWorkspace, plan: Plan
    ) -> list[Outcome]:
        try:
            request = self._rejected.request(request_id)
        except ValueError:  # no request has such an id
            request = None
        items = {item.index: item for item in request.items} if request is not None else {}
        outcomes = [_outcome(id_, NOT_FOUND) for index, id_ in indexes.items() if index not in items]
        waiting: list[RejectedItem] = []
        for index, item in items.items():
            if index in indexes and item.replayed_at is not None:
                outcomes.append(_outcome(indexes[index], BEFORE))
            elif index in indexes:
                waiting.append(item)
        if request is None or not waiting:
            return outcomes
        source = workspace.source_by_id.get(request.source)
        if source is None:
            gone = (_outcome(indexes[item.index], SOURCE_GONE) for item in waiting)
            return [*outcomes, *({**outcome, "source": request.source} for outcome in gone)]
        # Trusted as when it came: a public key's event is no server's because its source is one by now.
        source = source.model_copy(update={"trust": request.trust})
        again = read(request, waiting, self._new_id)
        judged = verdicts(again, source, plan, self._secrets)
        unstored = self._put(request, source, workspace.version, again.arrival, judged)
        refused = {one.position: one.reasons for one in _explained(judged.rejected, request, workspace)}
        keys = iter([key for key, _ in judged.accepted])
        brought_in: dict[int, datetime] = {}
        for position, item in enumerate(waiting):
            id_ = indexes[item.index]
            if position in refused:
                outcomes.append(_outcome(id_, STILL_REJECTED, refused[position]))
            elif next(keys) in unstored:
                outcomes.append(_outcome(id_, NOT_STORED))
            else:
                outcomes.append(_outcome(id_, REPLAYED))
                brought_in[item.index] = self._clock()
        if brought_in:
            self._rejected.mark(request.request, brought_in)
        return outcomes

    def _put(
        self, request: RejectedRequest, source: Source, version: int, arrival: Arrival, judged: Verdicts
    ) -> set[str]:
        """The keys of people whose records could not be stored."""
        if not judged.accepted:
            return set()
        common = pack.common(source, request.protocol, version, self._new_id(), arrival, judged)
        entries = pack.entries(common, judged.accepted)
        return {entries[position].key for position in self.stream.put(entries)}


def _explained(
    rejected: list[Rejection], request: RejectedRequest, workspace: CollectingWorkspace
) -> list[Rejection]:
    """As when it came: what may have been meant, in the words of its format."""
    rejected = plan_names.added(rejected, workspace)
    if request.form == "canonical" or request.protocol not in NAMES:
        return rejected
    return in_words(rejected, wire_format(request.protocol).words)


def by_request(ids: Iterable[str]) -> dict[str, dict[int, str]]:
    """`<request>-<index>` ids by request and index. What has no index is found under none."""
    found: dict[str, dict[int, str]] = {}
    for id_ in ids:
        request, _, index = id_.rpartition("-")
        number = int(index) if index.isascii() and index.isdigit() else -1
        found.setdefault(request, {})[number] = id_
    return found


def _outcome(id_: str, outcome: str, reasons: Iterable[Reason] = ()) -> Outcome:
    given = [reason.as_dict() for reason in reasons]
    return {"id": id_, "outcome": outcome, **({"reasons": given} if given else {})}
