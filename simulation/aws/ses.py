"""SES: email that was sent, within the account's limits.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from simulation.aws.calls import Answer, AwsError, Call, Failure, unknown_operation

DAY = 86400.0


class SentEmail(NamedTuple):
    """`message` is the id of the message in the tags, `asked` the whole request."""

    at: float
    id: str
    sender: str
    to: str
    message: str
    asked: dict[str, Any]


class Mail:
    """`shared.aws.providers.email` and `email_account` ask it. Its attributes are the account's state."""

    def __init__(self, *, now: Callable[[], float], draw: random.Random) -> None:
        self._now, self._draw = now, draw
        self.sent: list[SentEmail] = []
        self.fail: deque[Failure] = deque()
        """How the next emails are refused."""
        self.identities: set[str] = set()
        """Verified addresses and domains, which a sandbox asks for of receivers too."""
        self.per_second, self.per_day = 14.0, 50_000.0
        self.sandboxed, self.enabled, self.enforcement = False, True, "HEALTHY"

    def answer(self, call: Call) -> Answer:
        match call.operation:
            case "SendEmail":
                return self._send(call.asked)
            case "GetAccount":
                return self._account()
            case "GetEmailIdentity":
                return self._identity(call.asked["EmailIdentity"])
        raise unknown_operation(call)

    def _send(self, asked: dict[str, Any]) -> Answer:
        if self.fail:
            failure = self.fail.popleft()
            raise AwsError(failure.code, failure.message, failure.status)
        sender, [to] = asked["FromEmailAddress"], asked["Destination"]["ToAddresses"]
        self._check(sender, to)
        tags = {tag["Name"]: tag["Value"] for tag in asked.get("EmailTags", [])}
        email = SentEmail(
            self._now(), f"{self._draw.getrandbits(128):032x}", sender, to, tags.get("message", ""), asked
        )
        self.sent.append(email)
        return {"MessageId": email.id}

    def _check(self, sender: str, to: str) -> None:
        if self.enforcement == "SHUTDOWN":
            raise AwsError("AccountSuspendedException", "The account is suspended.")
        if not self.enabled:
            raise AwsError("SendingPausedException", "Email sending is disabled for your account.")
        address = sender.rpartition("<")[2].rstrip("> ")
        if not self._is_verified(address) or (self.sandboxed and not self._is_verified(to)):
            raise AwsError("MessageRejected", "Email address is not verified.")
        if not (address.isascii() and to.isascii()):
            raise AwsError("BadRequestException", "Local address contains control or whitespace")
        now = self._now()
        if self._since(now - DAY) >= self.per_day:
            raise AwsError("LimitExceededException", "Daily message quota exceeded.")
        if sum(int(one.at) == int(now) for one in self.sent[-1000:]) >= self.per_second:
            raise AwsError("TooManyRequestsException", "Maximum sending rate exceeded.", 429)

    def _account(self) -> Answer:
        return {
            "ProductionAccessEnabled": not self.sandboxed,
            "SendingEnabled": self.enabled,
            "EnforcementStatus": self.enforcement,
            "SendQuota": {
                "Max24HourSend": self.per_day,
                "MaxSendRate": self.per_second,
                "SentLast24Hours": float(self._since(self._now() - DAY)),
            },
        }

    def _identity(self, name: str) -> Answer:
        if name not in self.identities:
            raise AwsError("NotFoundException", f"Email identity {name} does not exist.", 404)
        kind = "EMAIL_ADDRESS" if "@" in name else "DOMAIN"
        return {"IdentityType": kind, "VerifiedForSendingStatus": True}

    def _is_verified(self, address: str) -> bool:
        domain = address.rpartition("@")[2]
        parts = domain.split(".")
        return not self.identities.isdisjoint(
            (address, *(".".join(parts[start:]) for start in range(len(parts))))
        )

    def _since(self, at: float) -> int:
        return sum(one.at > at for one in self.sent)
