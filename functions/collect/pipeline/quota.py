"""Whether the source may send as many events now."""

from __future__ import annotations

from functions.collect.http.responses import Refused
from functions.collect.work import Work
from shared.plan.reasons import Code


def hold_to_quota(work: Work) -> None:
    """Raises Refused. Most sources have no quota."""
    source = work.source
    per_second = source.limits.events_per_second
    if per_second is None:
        return
    if seconds := work.resources.quota.take(source.id, len(work.parsed.items), per_second):
        sentence = f"source {source.id} may send {per_second} events a second"
        raise Refused(429, Code.OVER_QUOTA, sentence, seconds)
