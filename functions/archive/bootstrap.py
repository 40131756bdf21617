"""The stage's AWS adapters, made at the first invocation."""

from __future__ import annotations

import os
from functools import cache

from shared.aws.queues.dead_letters import SqsDeadLetters
from shared.aws.streams.delivery import FirehoseDelivery
from shared.aws.tables.rejected_items import RejectedImages
from shared.ports.streams import DeadLetters, Delivery


@cache
def delivery() -> Delivery:
    return FirehoseDelivery(stream=os.environ["DELIVERY_STREAM"])


@cache
def rejected_delivery() -> Delivery:
    return FirehoseDelivery(stream=os.environ["REJECTED_DELIVERY_STREAM"])


@cache
def rejected_images() -> RejectedImages:
    return RejectedImages(os.environ["WORKSPACE_BUCKET"])


@cache
def dead_letters() -> DeadLetters:
    return SqsDeadLetters(os.environ["DEAD_LETTER_QUEUE_URL"], os.environ["WORKSPACE_BUCKET"])
