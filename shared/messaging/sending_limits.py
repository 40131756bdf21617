"""Limits that the stack's queues and their functions must agree on."""

from __future__ import annotations

from datetime import timedelta

SENDING_TAKES = timedelta(seconds=15)
"""The time of the longest provider call (3 s to connect, 10 to answer), with the log before and after it. A message is
not begun if less time is left."""

FUNCTION_TAKES = timedelta(seconds=60)
"""The functions' time-out. A message may wait for its turn for most of it. A claim lasts longer, so if it expires its
function has died."""

MOST_RECEIVES = 1_000
"""After this many deliveries SQS moves a message to the dead letters. It is high, because a message that waits for its
turn is often received without being tried."""

QUEUE_KEEPS = timedelta(days=14)
"""The longest time that SQS keeps a message, which is longer than any message waits:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html"""
