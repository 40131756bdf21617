"""Batches that `process` gave up. Lambda writes each to a bucket, as one object with the input of the function.

https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from shared.aws.clients import client, unavailable_when_failing
from shared.ports.streams import StreamEntry


class GivenUpBatch(NamedTuple):
    key: str
    at: datetime


class NoBatch(ValueError):
    """The object holds no records, and never will. `content` is the bytes that it does hold."""

    def __init__(self, content: bytes) -> None:
        super().__init__("it is no batch of the stream as Lambda writes one")
        self.content = content.decode(errors="replace")


def batches(bucket: str) -> Iterator[GivenUpBatch]:
    """Yield all batches in the bucket, page by page. Raises Unavailable."""
    with unavailable_when_failing():
        for page in client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for found in page.get("Contents", []):
                yield GivenUpBatch(found["Key"], found["LastModified"])


HEAD_BYTES = 16 * 1024
"""Of an object, what is read to know why its batch was given up: Lambda writes that before the records."""

PAYLOAD = re.compile(rb',\s*"payload"\s*:')


def head(bucket: str, key: str) -> dict[str, Any]:
    """What Lambda says of a batch, without its records; {} if it says nothing. Raises Unavailable."""
    with unavailable_when_failing():
        body = (
            client("s3").get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{HEAD_BYTES - 1}")["Body"].read()
        )
    before = PAYLOAD.split(body, maxsplit=1)
    try:
        said = orjson.loads(before[0] + b"}" if len(before) > 1 else body)
    except orjson.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}


class Content(NamedTuple):
    """The records of a batch, and the document of its object."""

    entries: list[StreamEntry]
    body: bytes

    def only(self, positions: Collection[int]) -> bytes:
        """The object with only the records at these positions."""
        batch = orjson.loads(self.body)
        payload = orjson.loads(batch["payload"])
        payload["Records"] = [payload["Records"][position] for position in sorted(positions)]
        return orjson.dumps(batch | {"payload": orjson.dumps(payload).decode()})


def read(bucket: str, key: str) -> Content:
    """Raises NoBatch, and Unavailable."""
    body = whole(bucket, key)
    try:
        records = [one["kinesis"] for one in orjson.loads(orjson.loads(body)["payload"])["Records"]]
        entries = [
            StreamEntry(one["partitionKey"], base64.b64decode(one["data"], validate=True)) for one in records
        ]
    except (orjson.JSONDecodeError, binascii.Error, KeyError, TypeError) as error:
        raise NoBatch(body) from error
    return Content(entries, body)


def whole(bucket: str, key: str) -> bytes:
    """The object. Raises Unavailable."""
    with unavailable_when_failing():
        return client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()


def replace(bucket: str, key: str, body: bytes) -> None:
    """Raises Unavailable."""
    with unavailable_when_failing():
        client("s3").put_object(Bucket=bucket, Key=key, Body=body)


def delete(bucket: str, key: str) -> None:
    """Raises Unavailable."""
    with unavailable_when_failing():
        client("s3").delete_object(Bucket=bucket, Key=key)


def numbers(bucket: str, key: str) -> list[int]:
    """The sequence numbers of the batch's records; none of what holds no records. Raises Unavailable."""
    try:
        body = read(bucket, key).body
    except NoBatch:
        return []
    records = orjson.loads(orjson.loads(body)["payload"])["Records"]
    return [int(one["kinesis"]["sequenceNumber"]) for one in records]
