"""What AWS is documented to do at its worst, and does not do in every run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Behaviour:
    index_lag: float = 0.0
    """Seconds after which a global secondary index sees a write, at most.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.Writes"""

    stale_reads: float = 0.0
    """Seconds for which a read that is not consistent may not see a write.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html"""

    expiry_late: float = 0.0
    """Seconds that an item stays after its time to live, at most; AWS says "within a few days".
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html"""

    twice: float = 0.0
    """The probability that SQS keeps a copy of what it delivers, and that Firehose writes a record twice.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues-at-least-once-delivery.html"""

    unordered: bool = False
    """Whether SQS delivers in any order."""

    empty_polls: float = 0.0
    """The probability that a short poll finds nothing in a queue that has messages.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html"""

    shard_limits: bool = True
    """Whether a shard takes no more than 1 MiB and 1,000 records a second, and answers five reads.
    https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html"""


CALM = Behaviour()
HARSH = Behaviour(
    index_lag=2.0, stale_reads=1.0, expiry_late=2 * 86400.0, twice=0.05, unordered=True, empty_polls=0.2
)
