"""Numbers that the stack's queues and the functions behind them must agree on."""

from __future__ import annotations

from datetime import timedelta

from shared.messaging.messages import Channel

SENDING_TAKES = timedelta(seconds=15)
"""What the longest provider call takes (3 s to connect, 10 to answer), with the log before and after it: a message is
not begun with less left."""

FUNCTION_TAKES = timedelta(seconds=60)
"""The functions' time-out: a message may wait most of it for its turn. A claim outlives it: what is still claimed then
has lost its sender."""

BATCH_SIZES: dict[Channel, int] = {"email": 1, "sms": 1, "push": 4, "webhook": 1}
"""Messages of one invocation: all of them have time, however slow their provider. Those of a channel with a rate come
singly, so that none is held while others wait for their turn; an invocation costs little beside an email or SMS."""

MOST_RECEIVES = 1_000
"""After so many SQS puts a message among the dead letters: one that waits for room is received, untried, often."""

QUEUE_KEEPS = timedelta(days=14)
"""The longest SQS keeps a message: longer than any message waits."""
