"""What `headrace tee status` says: how the answers of a source's vendor compare with ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from shared.events import utc_text
from shared.ports.tee import TeeReport
from shared.tee import Answer, Credentials, Tally
from shared.workspace.model import Source, Workspace

NONE = Credentials({}, {})
"""What goes along with a browser's requests."""


class Period(NamedTuple):
    """UTC days, and how many differences are listed of each source."""

    days: Sequence[date]
    differences: int


def sources(
    workspace: Workspace, secret: Mapping[str, object], report: TeeReport, period: Period, only: str | None
) -> list[dict[str, Any]]:
    """One object for each source with a tee, or for the one that is asked for, whether it still has one or not."""
    chosen = (
        [source for source in workspace.sources if source.tee is not None]
        if only is None
        else [workspace.source_by_id[only]]
        if only in workspace.source_by_id
        else []
    )
    return [_of(source, secret, report, period) for source in chosen]


def _of(source: Source, secret: Mapping[str, object], report: TeeReport, period: Period) -> dict[str, Any]:
    counts = _together(report.tallies(source.id, period.days))
    forwarded = counts["forwarded"]
    return {
        "source": source.id,
        "host": source.tee.host if source.tee is not None else None,
        "credentials": _credentials(Credentials.of(secret, source.id) if source.trust == "server" else NONE),
        "forwarded": forwarded,
        "agreed": forwarded - counts["differing"],
        "differing": counts["differing"],
        "failed": counts["failed"],
        "tries_again": counts["tried"],
        "switched_off": counts["switched_off"],
        "withheld": counts["withheld"],
        "events": counts["events"],
        "events_rejected_by_us": counts["rejected"],
        "bytes_sent": counts["sent"],
        "bytes_answered": counts["answered"],
        "mean_milliseconds": round(counts["milliseconds"] / forwarded) if forwarded else None,
        "answers": list(_answers(counts)),
        "differences": [_difference(one) for one in report.differences(source.id, period.differences)],
    }


def _together(tallies: Iterable[Tally]) -> Counter[str]:
    total: Counter[str] = Counter()
    for tally in tallies:
        total.update(tally.counts)
    return total


def _answers(counts: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """The most frequent pair of statuses first."""
    for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        ours, arrow, theirs = name.partition(">")
        if arrow:
            yield {"ours": int(ours), "theirs": int(theirs), "requests": count}


def _credentials(ours: Credentials) -> dict[str, list[str]]:
    """What is set instead of the clients' own: names, no values. Empty means that the clients' own go along."""
    return {"headers": sorted(ours.headers), "query": sorted(ours.query)}


def _difference(answer: Answer) -> dict[str, Any]:
    return {
        **{name: value for name, value in answer._asdict().items() if name != "source"},
        "received_at": utc_text(answer.received_at),
        "answered_at": utc_text(answer.answered_at),
    }
