"""SNS: texts and push notifications that were sent, and the endpoints of devices.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
https://docs.aws.amazon.com/sns/latest/dg/mobile-platform-endpoint.html
"""

from __future__ import annotations

import random
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from simulation.aws.calls import Answer, AwsError, Call, Failure, arn, unknown_operation

NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
APPLE_TOKEN = re.compile(r"[0-9a-fA-F]{64,}")


class SentText(NamedTuple):
    at: float
    id: str
    to: str
    text: str
    attributes: Mapping[str, str]


class SentPush(NamedTuple):
    at: float
    id: str
    token: str
    message: str


@dataclass
class Endpoint:
    arn: str
    application: str
    token: str
    enabled: bool = True


class Notifications:
    """`shared.aws.providers.sms`, `sms_account` and `push` ask it. A request is its flat parameters."""

    def __init__(self, *, now: Callable[[], float], draw: random.Random) -> None:
        self._now, self._draw = now, draw
        self.texts: list[SentText] = []
        self.pushes: list[SentPush] = []
        self.fail: deque[Failure] = deque()
        """How the next messages are refused."""
        self.opted_out: set[str] = set()
        self.sandboxed, self.month_usd = False, 100.0
        self.endpoints: dict[str, Endpoint] = {}
        self._applications: dict[str, str] = {}

    def application(self, name: str, platform: str = "GCM") -> str:
        """The ARN of a new platform application; `platform` is `APNS`, `APNS_SANDBOX` or `GCM`."""
        made = arn("sns", f"app/{platform}/{name}")
        self._applications[made] = platform
        return made

    def disable(self, token: str) -> None:
        """Apple or Google refused the token."""
        for endpoint in self.endpoints.values():
            if endpoint.token == token:
                endpoint.enabled = False

    def answer(self, call: Call) -> Answer:
        """`xml` is the content of the result."""
        asked = call.asked
        match call.operation:
            case "Publish":
                sent = self._push(asked) if "TargetArn" in asked else self._text(asked)
                return {"xml": f"<MessageId>{sent}</MessageId>"}
            case "CreatePlatformEndpoint":
                return {"xml": f"<EndpointArn>{self._endpoint(asked)}</EndpointArn>"}
            case "SetEndpointAttributes":
                return self._set(asked)
            case "GetSMSSandboxAccountStatus":
                return {"xml": f"<IsInSandbox>{str(self.sandboxed).lower()}</IsInSandbox>"}
            case "GetSMSAttributes":
                value = escape(str(self.month_usd))
                entry = f"<entry><key>MonthlySpendLimit</key><value>{value}</value></entry>"
                return {"xml": f"<attributes>{entry}</attributes>"}
        raise unknown_operation(call)

    def _text(self, asked: dict[str, Any]) -> str:
        self._refuse()
        to = asked["PhoneNumber"]
        if not NUMBER.fullmatch(to):
            raise AwsError(
                "InvalidParameter", f"Invalid parameter: PhoneNumber Reason: {to} is not valid to publish to"
            )
        if to in self.opted_out:
            raise AwsError("OptedOut", "The phone number has opted out.")
        attributes = {
            asked[f"MessageAttributes.entry.{at}.Name"]: asked[
                f"MessageAttributes.entry.{at}.Value.StringValue"
            ]
            for at in range(1, len(asked))
            if f"MessageAttributes.entry.{at}.Name" in asked
        }
        sent = SentText(self._now(), self._id(), to, asked["Message"], attributes)
        self.texts.append(sent)
        return sent.id

    def _push(self, asked: dict[str, Any]) -> str:
        self._refuse()
        endpoint = self._existing(asked["TargetArn"])
        if not endpoint.enabled:
            raise AwsError("EndpointDisabled", "Endpoint is disabled")
        sent = SentPush(self._now(), self._id(), endpoint.token, asked["Message"])
        self.pushes.append(sent)
        return sent.id

    def _endpoint(self, asked: dict[str, Any]) -> str:
        application, token = asked["PlatformApplicationArn"], asked["Token"]
        platform = self._applications.get(application)
        if platform is None:
            raise AwsError("NotFound", "PlatformApplication does not exist", 404)
        if not token or (platform.startswith("APNS") and not APPLE_TOKEN.fullmatch(token)):
            raise AwsError(
                "InvalidParameter",
                "Invalid parameter: Token Reason: iOS device tokens must be no less than 64 hexadecimal characters",
            )
        for endpoint in self.endpoints.values():
            if (endpoint.application, endpoint.token) == (application, token):
                if not endpoint.enabled:
                    raise AwsError(
                        "InvalidParameter",
                        f"Invalid parameter: Token Reason: Endpoint {endpoint.arn} already exists with the same Token, "
                        "but different attributes.",
                    )
                return endpoint.arn
        path = application.partition(":app/")[2]
        made = Endpoint(arn("sns", f"endpoint/{path}/{self._id()}"), application, token)
        self.endpoints[made.arn] = made
        return made.arn

    def _set(self, asked: dict[str, Any]) -> Answer:
        endpoint = self._existing(asked["EndpointArn"])
        for at in range(1, len(asked)):
            match asked.get(f"Attributes.entry.{at}.key"):
                case "Enabled":
                    endpoint.enabled = asked[f"Attributes.entry.{at}.value"] == "true"
                case "Token":
                    endpoint.token = asked[f"Attributes.entry.{at}.value"]
        return {"xml": ""}

    def _existing(self, arn: str) -> Endpoint:
        found = self.endpoints.get(arn)
        if found is None:
            raise AwsError("NotFound", "Endpoint does not exist", 404)
        return found

    def _refuse(self) -> None:
        if self.fail:
            failure = self.fail.popleft()
            raise AwsError(failure.code, failure.message, failure.status)

    def _id(self) -> str:
        return f"{self._draw.getrandbits(128):032x}"
