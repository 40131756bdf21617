"""The channels there are. A new one is a module here, its line below, and what sends it in `functions/send/channels`:
docs/adding-a-channel.md.

Everything that lists channels does so by `CHANNELS`: the workspace's files and their schemas, templates, lint,
consents, queues and functions, permissions, alarms, the doctor, the command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from shared.messaging.channels.email import EMAIL
from shared.messaging.channels.push import PUSH
from shared.messaging.channels.slack import SLACK
from shared.messaging.channels.sms import SMS
from shared.messaging.channels.webhook import WEBHOOK

if TYPE_CHECKING:
    from shared.messaging.channels.declaration import ChannelDeclaration

CHANNELS: dict[str, ChannelDeclaration] = {
    channel.name: channel
    for channel in (
        EMAIL,
        SMS,
        PUSH,
        WEBHOOK,
        SLACK,
    )
}

QUEUES: dict[str, tuple[str, ...]] = {
    owner: (owner, *(name for name, channel in CHANNELS.items() if channel.queue == owner))
    for owner, channel in CHANNELS.items()
    if channel.queue is None
}
"""The channels of each queue and its function, which have the name of the first of them. An idle queue costs $0.26 a
month, for Lambda asks it all the time: channels that need nothing of their own share one."""

if TYPE_CHECKING:
    Channel = str
    Queue = str
else:
    Channel = Literal[tuple(CHANNELS)]
    Queue = Literal[tuple(QUEUES)]
"""Their names: pydantic refuses any other. Type checkers cannot read a list that is made, and see a text."""


def listed(names: list[str] | tuple[str, ...] | dict[str, object], last: str = "or") -> str:
    """`a, b or c`."""
    *most, one = names
    return f"{', '.join(most)} {last} {one}" if most else one
