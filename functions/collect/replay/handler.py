"""The operator's command → rejected events on the stream again, those that are valid now; or dropped."""

from __future__ import annotations

from collections import Counter
from typing import Any

from aws_lambda_powertools import Logger

from functions.collect.replay import bootstrap
from shared.ledger import places

logger = Logger()


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """`{"events": [id, …]}`, ids of `headrace rejected list`, to `{"events": [{"id", "outcome", "reasons"}, …]}`.

    With `{"drop": [id, …], "by": …}` they are put aside instead, which the log names one by one.
    """
    if "drop" in event:
        outcomes = bootstrap.drop()(event["drop"], by=event["by"])
        counts = Counter(outcome["outcome"] for outcome in outcomes)
        dropped = [outcome["id"] for outcome in outcomes if outcome["outcome"] == "dropped"]
        logger.info("events dropped", extra={**counts, "by": event["by"], "ids": dropped})
        return {"events": outcomes}
    replay = bootstrap.replay()
    outcomes = replay.events(event["events"])
    logger.info("events replayed", extra=dict(Counter(outcome["outcome"] for outcome in outcomes)))
    for put in places.in_lines(replay.stream.written()):
        logger.info("records put", extra={"put": put})
    return {"events": outcomes}
