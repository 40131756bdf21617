"""Providers in memory: what left, and failures on command."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from shared.messaging.messages import Why
from shared.messaging.providers import Email, Mobile, Notification, OutcomeUnknown, ProviderRefused, Sms
from simulation.ports.faults import Faults


class _Failing:
    """`failures` are raised by the next calls, one each (None: that call works). An OutcomeUnknown has its effect."""

    def __init__(self, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self.failures: deque[Exception | None] = deque()
        self.tried = 0

    def _called(self) -> Exception | None:
        self.tried += 1
        failure = self.failures.popleft() if self.failures else None
        if failure is not None and not isinstance(failure, OutcomeUnknown):
            raise failure
        return failure

    def _done(self, name: str, failure: Exception | None) -> str:
        self._faults.called(name)
        if failure is not None:
            raise failure
        return f"{name}-{self.tried}"


class FakeEmail(_Failing):
    """SES: the emails it was asked to send, those that then failed among them."""

    def __init__(self, faults: Faults | None = None) -> None:
        super().__init__(faults)
        self.sent: list[Email] = []

    def send(self, email: Email) -> str:
        failure = self._called()
        self.sent.append(email)
        return self._done("email", failure)


class FakeSms(_Failing):
    """SNS: the texts it was asked to send, those that then failed among them."""

    def __init__(self, faults: Faults | None = None) -> None:
        super().__init__(faults)
        self.sent: list[Sms] = []

    def send(self, sms: Sms) -> str:
        failure = self._called()
        self.sent.append(sms)
        return self._done("sms", failure)


class FakePush(_Failing):
    """`switched_off` tokens are refused until they are forgotten."""

    def __init__(
        self, faults: Faults | None = None, platforms: Collection[Mobile] = ("android", "ios")
    ) -> None:
        super().__init__(faults)
        self._platforms = platforms
        self.sent: list[tuple[Mobile, str, Notification]] = []
        self.switched_off: set[str] = set()
        self.forgotten: list[tuple[Mobile, str]] = []

    @property
    def platforms(self) -> Collection[Mobile]:
        return self._platforms

    def send(self, *, platform: Mobile, token: str, notification: Notification) -> str:
        failure = self._called()
        if token in self.switched_off:
            self._faults.called("push")
            raise ProviderRefused(Why.ADDRESS_NOT_REACHABLE, "switched off")
        self.sent.append((platform, token, notification))
        return self._done("push", failure)

    def forget(self, *, platform: Mobile, token: str) -> None:
        self.forgotten.append((platform, token))
        self.switched_off.discard(token)
        self._faults.called("push.forget")


class FakeWebhook(_Failing):
    """A host takes as many `seconds` to answer, which `sleep` lets pass."""

    def __init__(self, faults: Faults | None = None) -> None:
        super().__init__(faults)
        self.posted: list[tuple[str, bytes, dict[str, str]]] = []
        self.seconds: dict[str, float] = {}
        self.sleep: Callable[[float], None] = lambda _: None

    def post(self, url: str, *, body: bytes, headers: dict[str, str]) -> str:
        self.sleep(self.seconds.get(urlsplit(url).hostname or "", 0.0))
        failure = self._called()
        self.posted.append((url, body, headers))
        return self._done("webhook", failure)
