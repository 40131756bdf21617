"""What was accepted goes on the stream, and what was rejected into its table. Only then is the request answered."""

from __future__ import annotations

from functions.collect.http.responses import not_stored
from functions.collect.work import Work


def store(work: Work) -> None:
    """Raises Refused when the stream does not take everything: the sender still has it."""
    if work.records and work.resources.stream.put(work.records):
        raise not_stored()


def explain_rejected(work: Work) -> None:
    """Put what was rejected in the words of the answer."""
    rejected = work.verdicts.rejected
    if rejected:
        from functions.collect.rejected.explaining import explained  # for what is rejected

        call = work.call
        rejected = explained(rejected, work.parsed.raw, call.body.document, work.workspace, call.format.words)
        work.verdicts = work.verdicts._replace(rejected=rejected)


def keep_rejected(work: Work) -> None:
    """Raises Refused when they cannot be kept."""
    if work.verdicts.rejected:
        from functions.collect.rejected import storing  # with all that storing one takes

        rejected = storing.with_size(work.verdicts.rejected, work.parsed, work.source.limits.event_bytes)
        work.verdicts = work.verdicts._replace(rejected=rejected)
        if work.resources.rejected().put([storing.kept(work)]):
            raise not_stored()
