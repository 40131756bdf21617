"""The stage's AWS adapters, made at the first invocation."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache, cached_property

from shared.aws.queues.dead_letters import SqsDeadLetters
from shared.aws.runtime import RUNTIME
from shared.aws.streams.delivery import FirehoseDelivery
from shared.aws.tables.rejected_items import RejectedImages
from shared.ports.runtime import Runtime
from shared.ports.streams import DeadLetters, Delivery


class Archive:
    """Each adapter is made when it is first asked for. `values` are the environment variables that the stack sets."""

    def __init__(self, values: Mapping[str, str], runtime: Runtime) -> None:
        self._values = values
        self._pause = runtime.pause

    @cached_property
    def delivery(self) -> Delivery:
        return FirehoseDelivery(stream=self._values["DELIVERY_STREAM"], pause=self._pause)

    @cached_property
    def rejected_delivery(self) -> Delivery:
        return FirehoseDelivery(stream=self._values["REJECTED_DELIVERY_STREAM"], pause=self._pause)

    @cached_property
    def rejected_images(self) -> RejectedImages:
        return RejectedImages(self._values["WORKSPACE_BUCKET"])

    @cached_property
    def dead_letters(self) -> DeadLetters:
        queue, bucket = self._values["DEAD_LETTER_QUEUE_URL"], self._values["WORKSPACE_BUCKET"]
        return SqsDeadLetters(queue, bucket, self._pause)

    @property
    def resumes_streams(self) -> bool:
        """Whether a stream that is answered goes on from the first record that is named in the answer."""
        return bool(self._values.get("RESUMES_STREAMS"))


@cache
def stage() -> Archive:
    return Archive(os.environ, RUNTIME)
