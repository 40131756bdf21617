"""What the ledger says of a run: every record on the stream is accounted for by the lines of the functions' logs, as
`headrace ledger` reads them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from shared.aws.stack.witnesses import of_line
from shared.ledger.drawing import balance
from shared.ledger.lines import Witness

GIVEN_UP = "ProcessGivenUp"


def unbalanced(world: Any) -> Iterator[str]:
    """What is missing or does not add up, as sentences. All work is done and every line is there: the youngest records
    have no more time than others."""
    found = balance(_witnesses(world), world.clock.now(), _given_up(world), timedelta())
    for one in found.missing:
        yield f"{one.why}: {one.events} events of {one.source}, record {one.place.number} of shard {one.place.shard}"
    for (source, hour), counts in found.counts.items():
        if counts.difference:
            yield f"{source} in hour {hour} differs by {counts.difference} events: {counts}"


def _witnesses(world: Any) -> Iterator[Witness]:
    for invocation in world.invocations:
        for line in invocation.lines:
            yield from of_line(line, invocation.ended or invocation.began, invocation.function)


def _given_up(world: Any) -> set[int]:
    """Sequence numbers of records that wait in batches which the stream gave up."""
    payloads = (
        json.loads(json.loads(one.body)["payload"]) for one in world.account.s3[GIVEN_UP].objects.values()
    )
    return {int(record["kinesis"]["sequenceNumber"]) for payload in payloads for record in payload["Records"]}
