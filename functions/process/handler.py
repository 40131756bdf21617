"""Kinesis → profiles → bus. Each person's records are folded in order, saved, then announced."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from functions.process.account import Account
from functions.process.batch import PeopleNotSaved, Process
from functions.process.bootstrap import process
from shared.ledger.lines import LEDGER

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: object) -> None:
    handle(event, process())


def handle(event: dict[str, Any], stage: Process) -> None:
    account = Account()
    try:
        counts = stage.batch(event["Records"], account)
    except PeopleNotSaved as error:
        _count(error.counts)
        _say(account, event["Records"])
        raise
    metrics.add_metadata("message", "batch processed")  # in the one line that has the counts
    _count(counts)
    _say(account, event["Records"])


def _count(counts: dict[str, int]) -> None:
    """A metric that is never anything but 0 would cost as much as any other."""
    for name, count in counts.items():
        if count:
            metrics.add_metric(name=f"process_{name}", unit=MetricUnit.Count, value=count)


def _say(account: Account, kinesis_records: list[dict[str, Any]]) -> None:
    """What became of each record, in the same line; what has no room there in others. All are of one shard."""
    first, *more = account.said(kinesis_records[0].get("eventID", "").partition(":")[0])
    metrics.add_metadata(LEDGER, first)
    for said in more:
        logger.info("more of the ledger", extra={LEDGER: said})
