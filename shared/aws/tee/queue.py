"""The queue of requests to be forwarded. What its messages cannot hold is in S3, where it goes after two weeks."""

from __future__ import annotations

from shared.aws.clients import client, unavailable_when_failing
from shared.tee import TeedRequest

LARGEST = 1024 * 1024 - 1024
"""Bytes of a message: SQS takes 1 MiB."""

OBJECTS = "tee/"


class SqsTeeQueue:
    """`shared.ports.tee.TeeQueue`, with the workspace bucket for what is too large."""

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
