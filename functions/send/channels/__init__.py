"""What sends: a module for each channel of `shared.messaging.channels`, of its name.

Each has `bootstrap(names, runtime, client)`, which puts it on its provider. A function loads those of its queue's
channels alone.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from functions.send.channels.channel import Bootstrapped, MakeClient
    from functions.send.environment import Environment
    from shared.ports.runtime import Runtime


class ChannelModule(Protocol):
    def bootstrap(self, names: Environment, runtime: Runtime, client: MakeClient) -> Bootstrapped: ...


def module_of(channel: str) -> ChannelModule:
    return cast("ChannelModule", import_module(f"{__name__}.{channel}"))
