"""The queue of requests to forward. Bodies that are too large for a message are in S3, which deletes them after two
weeks."""

from __future__ import annotations

from shared.aws.clients import client, unavailable_when_failing
from shared.tee import TeedRequest

LARGEST = 1024 * 1024 - 1024
"""Bytes of a message, less some room. SQS takes 1 MiB:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html"""

OBJECTS = "tee/"


class SqsTeeQueue:
    """`shared.ports.tee.TeeQueue`, with the workspace bucket for large bodies."""

    def __init__(self, url: str, bucket: str) -> None:
        self._url = url
        self._bucket = bucket

    def put(self, request: TeedRequest) -> None:
        message = request.encode()
        with unavailable_when_failing():
            if len(message) > LARGEST:
                key = f"{OBJECTS}{request.id}"
                client("s3").put_object(Bucket=self._bucket, Key=key, Body=request.body)
                message = request._replace(body=b"", stored_at=key).encode()
            client("sqs").send_message(QueueUrl=self._url, MessageBody=message.decode())
