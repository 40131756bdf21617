"""The kinds of faults there are.

Those of `AT_CALLS` strike a single attempt of a call to AWS: before it has its effect, after it, or some of its items.
Those of `IN_TIME` happen at a moment, whoever is at work.
"""

from __future__ import annotations

from collections.abc import Mapping

THROTTLED, FAILED, UNREACHABLE, CRASH_BEFORE = "throttled", "failed", "unreachable", "crash before"
LOST_ANSWER, FAILED_AFTER, CRASH_AFTER = "answer lost", "failed after its effect", "crash after"
PARTIAL = "partial"

BEFORE = (THROTTLED, FAILED, UNREACHABLE, CRASH_BEFORE)
AFTER = (LOST_ANSWER, FAILED_AFTER, CRASH_AFTER)
CRASHES = (CRASH_BEFORE, CRASH_AFTER)
AT_CALLS = (*BEFORE, *AFTER, PARTIAL)

OUTAGE = "outage of a service"
RESTART = "all environments end"
STALL = "a stage is not called"
POISON = "a record that is none of ours"
SPLIT, MERGE = "a shard is split", "two shards are merged"
IN_TIME = (OUTAGE, RESTART, STALL, POISON, SPLIT, MERGE)

DUPLICATE, REORDER, LAG, SMALL_CUTS = (
    "delivered again",
    "delivered in another order",
    "indexes and reads lag behind",
    "small batches",
)
CLOCKS = "clocks of functions are wrong"
THROUGHOUT = (DUPLICATE, REORDER, LAG, SMALL_CUTS, CLOCKS)

UPDATE, ROLLBACK = "the code is updated", "the code is rolled back"
DEPLOYMENTS = (UPDATE, ROLLBACK)
"""Where code from before is given."""

KINDS = (*AT_CALLS, *IN_TIME, *THROUGHOUT)

THROTTLES: Mapping[str, tuple[str, int]] = {
    "dynamodb": ("ProvisionedThroughputExceededException", 400),
    "kinesis": ("ProvisionedThroughputExceededException", 400),
    "sqs": ("RequestThrottled", 403),
    "events": ("ThrottlingException", 400),
    "s3": ("SlowDown", 503),
    "firehose": ("ServiceUnavailableException", 503),
    "secretsmanager": ("ThrottlingException", 400),
    "sesv2": ("TooManyRequestsException", 429),
    "sns": ("ThrottlingException", 400),
    "lambda": ("TooManyRequestsException", 429),
}
"""The code and status by which each service says that it is asked too often."""

WRITES = "writes to dynamodb"
"""What an outage may be of, beside services: a partition takes a third as many writes as reads.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"""

WRITING = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})

SERVICES = tuple(THROTTLES)
