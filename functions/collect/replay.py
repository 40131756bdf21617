"""Invoked by `headrace rejected replay` with `{"events": [ids]}` → the valid ones on the stream, an outcome for each.

The answer is `{"events": [{"id", "outcome", "reasons"}]}`, in the order of the ids. The caller sends a hundred or so
at a time. Whatever fails on the way can be sent again.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from aws_lambda_powertools import Logger

from functions.collect import bootstrap

logger = Logger()


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    replayed = bootstrap.replay().events(event["events"])
    logger.info("replayed", outcomes=dict(Counter(one.outcome for one in replayed)))
    return {"events": [one.as_dict() for one in replayed]}
