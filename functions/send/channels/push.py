"""Push: to every device of the person whose token is known and whose platform has credentials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from functions.send.channels.channel import (
    Bootstrapped,
    Declined,
    Delivered,
    DeviceToken,
    MakeClient,
    Order,
    Outgoing,
)
from functions.send.environment import Environment
from shared.aws.providers.push import SnsPush
from shared.fold.parts.devices.device import Device
from shared.messaging.messages import Why
from shared.messaging.providers import (
    Notification,
    OutcomeUnknown,
    ProviderClosed,
    ProviderRefused,
    ProviderThrottled,
    ProviderUnavailable,
    PushProvider,
)
from shared.ports.runtime import Runtime


def bootstrap(names: Environment, _runtime: Runtime, _client: MakeClient) -> Bootstrapped:
    return Bootstrapped(PushChannel(SnsPush(orjson.loads(names.push_applications or "{}"))))


@dataclass(frozen=True, slots=True)
class PushChannel:
    provider: PushProvider

    def address(self, order: Order) -> str | None:
        """The devices; their tokens are nobody's business in a log. Where all tokens have moved: from where."""
        known = [device for device in order.person.states.devices.known if device.token]
        names = [
            device.platform if device.id == device.token else f"{device.platform}/{device.id}"
            for device in _reachable(known) or known
        ]
        return ", ".join(names) or None

    def outgoing(self, order: Order, render: Callable[[], dict[str, str]]) -> Outgoing:
        to = self.address(order)
        if to is None:
            raise Declined(Why.NO_ADDRESS)
        reachable = _reachable(order.person.states.devices.known)
        if not reachable:
            raise Declined(Why.TOKEN_MOVED)
        targets = [
            DeviceToken(device.id, platform, device.token)
            for device in reachable
            for platform in self.provider.platforms
            if device.token and device.platform == platform
        ]
        if not targets:
            raise Declined(Why.CHANNEL_NOT_CONFIGURED)
        parts = render()
        notification = Notification(parts["title"], parts["text"], order.request.id)
        return Outgoing(
            to=to,
            deliver=lambda: self._deliver(targets, notification),
            forget=lambda refused: self.provider.forget(platform=refused.platform, token=refused.token),
        )

    def _deliver(self, targets: list[DeviceToken], notification: Notification) -> Delivered:
        """One device is enough: then a failure of another must not send the first one a second message."""
        ids: list[str] = []
        refused: list[DeviceToken] = []
        failures: list[ProviderUnavailable | OutcomeUnknown | ProviderRefused] = []
        for target in targets:
            try:
                ids.append(
                    self.provider.send(
                        platform=target.platform, token=target.token, notification=notification
                    )
                )
            except ProviderRefused as failure:
                if failure.why is Why.ADDRESS_NOT_REACHABLE:
                    refused.append(target)
                else:
                    failures.append(failure)
            except (ProviderUnavailable, OutcomeUnknown) as failure:
                failures.append(failure)
        if failures and not ids:
            raise min(failures, key=_rank)
        return Delivered(", ".join(ids) or None, tuple(refused))


def _rank(failure: Exception) -> int:
    """Which of several devices' failures is the message's: it may have left, it was tried and may be tried again, it
    waits for something else; only when no device may ever get it, it is refused."""
    kinds = (OutcomeUnknown, ProviderUnavailable, ProviderThrottled, ProviderClosed, ProviderRefused)
    return kinds.index(type(failure))


def _reachable(devices: Sequence[Device]) -> list[Device]:
    """Those that push reaches this person on: nobody else registered their token since."""
    return [device for device in devices if device.reachable_by is not None]
