"""Amazon Pinpoint's own client, pointed at `collect`: the same code that apps and servers of its users run."""

from __future__ import annotations

from typing import Any

import botocore.session
from botocore.config import Config

from shared.aws.clients import unavailable_when_failing

SECONDS = 30
"""Seconds that an HTTP API waits for a function:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"""

ANY_REGION = "us-east-1"
"""The region to sign with if none is configured. `collect` accepts any."""


def put_event(
    url: str,
    access_key_id: str,
    secret_access_key: str,
    *,
    endpoint: str,
    user: str,
    event: dict[str, Any],
    id_: str,
) -> int:
    """Send one signed event of an endpoint. Returns the event's status in the answer. Raises Unavailable.

    https://docs.aws.amazon.com/pinpoint/latest/apireference/apps-application-id-events.html
    """
    session: Any = botocore.session.get_session()
    pinpoint = session.create_client(
        "pinpoint",
        region_name=session.get_config_variable("region") or ANY_REGION,
        endpoint_url=url,
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
        config=Config(connect_timeout=SECONDS, read_timeout=SECONDS, retries={"total_max_attempts": 1}),
    )
    batch = {endpoint: {"Endpoint": {"User": {"UserId": user}}, "Events": {id_: event}}}
    with unavailable_when_failing():
        answer = pinpoint.put_events(ApplicationId=user, EventsRequest={"BatchItem": batch})
    items = answer["EventsResponse"]["Results"][endpoint]["EventsItemResponse"]
    return int(items[id_]["StatusCode"])
