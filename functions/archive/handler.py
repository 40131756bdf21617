"""Queue → lake: events that `process` archived; and the stream of the rejected table → lake, by way of
`functions.archive.rejected`."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from functions.archive.batches import Archived, archive
from functions.archive.bootstrap import Archive, stage
from functions.archive.rejected import archive_rejected
from shared.failures import Unavailable

metrics = Metrics()


@metrics.log_metrics
def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return handle(event, stage())


def handle(event: dict[str, Any], adapters: Archive) -> dict[str, Any]:
    records = event["Records"]
    if records[0].get("eventSource") == "aws:dynamodb":
        rejected = archive_rejected(
            records, adapters.rejected_images, adapters.rejected_delivery, adapters.dead_letters
        )
        archived = Archived([rejected.again] if rejected.again else [], rejected.counts)
    else:
        archived = archive(records, adapters.delivery)
    for what, count in archived.counts.items():
        metrics.add_metric(name=f"archive_{what}", unit=MetricUnit.Count, value=count)
    metrics.add_metadata("message", "archived")  # in the one line that has the counts
    if archived.counts.get("rejected_again") and not adapters.resumes_streams:
        raise Unavailable("not all rows of rejected events were taken")
    return {"batchItemFailures": [{"itemIdentifier": message} for message in archived.again]}
