"""Push by SNS: one endpoint per device token, created when it is first needed.

SNS disables an endpoint when Apple or Google refuse its token. The next publish to it fails, which shows that the token
is invalid.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

import orjson
from botocore.exceptions import ClientError

from shared.aws.clients import client
from shared.aws.providers.errors import code_of, translated
from shared.messaging.messages import Why
from shared.messaging.providers import Mobile, Notification, ProviderRefused

REFUSALS = {"EndpointDisabled": Why.ADDRESS_NOT_REACHABLE}

REFUSED_TOKEN = re.compile(r"Token Reason")
"""The error for a text that is not a token of this platform:
`Invalid parameter: Token Reason: iOS device tokens must be ...`"""

ALREADY_THERE = re.compile(r"Endpoint (arn:\S+) already exists with the same Token")
"""The error if the endpoint exists with other attributes, for example because it is disabled. SNS has no code for it.
https://docs.aws.amazon.com/sns/latest/dg/mobile-platform-endpoint.html"""


class SnsPush:
    """`shared.messaging.providers.PushProvider`. `applications` are platform application ARNs."""

    def __init__(self, applications: Mapping[Mobile, str]) -> None:
        self._applications = applications

    @property
    def platforms(self) -> Collection[Mobile]:
        return self._applications.keys()

    def send(self, *, platform: Mobile, token: str, notification: Notification) -> str:
        with translated(REFUSALS):
            answer = client("sns").publish(
                TargetArn=self._endpoint(platform, token),
                MessageStructure="json",
                Message=payload(notification),
            )
        return answer["MessageId"]

    def forget(self, *, platform: Mobile, token: str) -> None:
        with translated({}):
            client("sns").set_endpoint_attributes(
                EndpointArn=self._endpoint(platform, token), Attributes={"Enabled": "true", "Token": token}
            )

    def _endpoint(self, platform: Mobile, token: str) -> str:
        """Create the token's endpoint, or find the existing one: SNS answers with the same one each time."""
        try:
            made = client("sns").create_platform_endpoint(
                PlatformApplicationArn=self._applications[platform], Token=token
            )
        except ClientError as error:
            words = error.response["Error"].get("Message", "")
            there = ALREADY_THERE.search(words)
            if there is not None:
                return there.group(1)
            if REFUSED_TOKEN.search(words):
                raise ProviderRefused(Why.ADDRESS_NOT_REACHABLE, code_of(error)) from error
            raise
        return made["EndpointArn"]


def payload(notification: Notification) -> str:
    """The message in the form of each platform, as JSON. SNS picks the one for the endpoint."""
    apple = {
        "aps": {"alert": {"title": notification.title, "body": notification.text}, "sound": "default"},
        "headrace_message": notification.message,
    }
    google = {
        "fcmV1Message": {
            "message": {
                "notification": {"title": notification.title, "body": notification.text},
                "data": {"headrace_message": notification.message},
            }
        }
    }
    return _json(
        {
            "default": notification.text,
            "APNS": _json(apple),
            "APNS_SANDBOX": _json(apple),
            "GCM": _json(google),
        }
    )


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
