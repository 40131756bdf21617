"""The contract of a CloudFormation custom resource: whatever happens, its presigned URL gets an answer.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html. Without one, a deploy hangs for an hour.
"""

from __future__ import annotations

import json
import logging
import urllib.request
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

logger = logging.getLogger(__name__)

NEVER_MADE = "never-made"
"""The physical id of a resource whose creation failed: CloudFormation asks to delete it, there is nothing to do."""


class Made(NamedTuple):
    """The result of a request. If the physical id has changed, CloudFormation deletes the previous resource."""

    physical_id: str
    attributes: dict[str, str]


def answering(work: Callable[[dict[str, Any], Any], Made]) -> Callable[[dict[str, Any], Any], None]:
    """A Lambda handler that reports the result of `work`, or its failure."""

    @wraps(work)
    def lambda_handler(event: dict[str, Any], context: Any) -> None:
        before = event.get("PhysicalResourceId", NEVER_MADE)
        if event["RequestType"] == "Delete" and before == NEVER_MADE:
            _put(event, status="SUCCESS", physical_id=before)
            return
        try:
            made = work(event, context)
        except Exception as error:
            logger.exception("%s of %s failed", event["RequestType"], event["LogicalResourceId"])
            _put(event, status="FAILED", physical_id=before, reason=f"{type(error).__name__}: {error}"[:1000])
            return
        _put(event, status="SUCCESS", physical_id=made.physical_id, attributes=made.attributes)

    return lambda_handler


def _put(
    event: dict[str, Any],
    *,
    status: str,
    physical_id: str,
    reason: str = "",
    attributes: dict[str, str] | None = None,
) -> None:
    same = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    answer = {
        "Status": status,
        "PhysicalResourceId": physical_id,
        "Reason": reason,
        "Data": attributes or {},
        **same,
    }
    request = urllib.request.Request(  # noqa: S310 the URL is CloudFormation's own
        event["ResponseURL"], data=json.dumps(answer).encode(), method="PUT", headers={"Content-Type": ""}
    )
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 as above
        logger.info("CloudFormation took %s: %s", status, response.status)
