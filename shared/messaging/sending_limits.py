"""Limits that the stack's queues and their functions must agree on."""

from __future__ import annotations

from datetime import timedelta

from shared.messaging.messages import Channel

SENDING_TAKES = timedelta(seconds=15)
"""The time of the longest provider call (3 s to connect, 10 to answer), with the log before and after it. A message is
not begun if less time is left."""

FUNCTION_TAKES = timedelta(seconds=60)
"""The functions' time-out. A message may wait for its turn for most of it. A claim lasts longer, so if it expires its
function has died."""

BATCH_SIZES: dict[Channel, int] = {"email": 1, "sms": 1, "push": 4, "webhook": 1}
"""Messages of one invocation, few enough that there is time for all of them even if the provider is slow. Channels with
a rate get single messages, so none is held up while others wait for their turn. An invocation is cheap compared to an
email or SMS."""

MOST_RECEIVES = 1_000
"""After this many deliveries SQS moves a message to the dead letters. It is high, because a message that waits for its
turn is often received without being tried."""

QUEUE_KEEPS = timedelta(days=14)
"""The longest time that SQS keeps a message, which is longer than any message waits:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html"""
