"""How event sources deliver, within what AWS allows. All of it may be changed while a world runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from simulation.functions.invocation import Invocation

NOTHING_YET, OK, PROBLEM = "No records processed", "OK", "PROBLEM: Function call failed"
"""https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html"""


LAMBDA_READS_EVERY, LAMBDA_POLLERS = 1.0, 5
"""Lambda's own: a shard is read once a second, and a queue has five pollers.
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html"""


@dataclass(slots=True)
class Deliveries:
    """`most` is how many records or messages a function gets at a time (None: as many as its mapping says). `again`
    is how probable it is that what succeeded is delivered once more. `twice` is how probable it is that the bus
    delivers an entry twice, or the clock calls a function twice, `late` how many seconds it takes at most: none is
    kept in order. `longest_pause` are the seconds between two tries of a batch of a stream at most; AWS does not
    say what they are. `stalled` are functions that their sources do not call until then. `read_every` are the
    seconds between two readings of a shard, each shard at moments of its own; 0 reads what comes when it comes.
    `pollers` is how many of them a queue has, each gathering a batch of its own."""

    most: int | None = None
    again: float = 0.0
    twice: float = 0.0
    late: float = 0.2
    longest_pause: float = 60.0
    read_every: float = 0.0
    pollers: int = 1
    stalled: dict[str, datetime] = field(default_factory=dict)

    def at_most(self, batch: int) -> int:
        return batch if self.most is None else min(batch, self.most)


def result_of(invocation: Invocation) -> str:
    return OK if invocation.outcome == "answered" else PROBLEM
