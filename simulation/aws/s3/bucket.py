"""A bucket: objects by key, written on conditions, gone when their lifecycle says.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from simulation.aws.calls import AwsError

DAY = 86400
LONGEST_KEY = 1024
"""Bytes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""

PAGE = 1000


class Object(NamedTuple):
    body: bytes
    written_at: float
    etag: str
    type: str

    @property
    def modified(self) -> datetime:
        """In whole seconds, as S3 says it."""
        return datetime.fromtimestamp(int(self.written_at), UTC)


class Bucket:
    """`expires`: prefix → days, as its lifecycle rules have them."""

    def __init__(self, name: str, expires: Mapping[str, int], *, now: Callable[[], float]) -> None:
        self.name, self.expires = name, dict(expires)
        self._now = now
        self._objects: dict[str, Object] = {}

    @property
    def objects(self) -> dict[str, Object]:
        """Those that are there by now."""
        if self.expires:
            for key in [key for key, one in self._objects.items() if self._is_gone(key, one)]:
                del self._objects[key]
        return self._objects

    def put(
        self,
        key: str,
        body: bytes,
        *,
        type: str = "binary/octet-stream",
        if_match: str | None = None,
        if_none_match: str | None = None,
    ) -> Object:
        """Raises AwsError. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html"""
        if len(key.encode()) > LONGEST_KEY:
            raise AwsError("KeyTooLongError", "Your key is too long", Size=str(len(key.encode())))
        if if_match is not None or if_none_match is not None:
            there = self.found(key)
            if if_none_match is not None and if_none_match != "*":
                raise AwsError(
                    "NotImplemented", "A header you provided implies unimplemented functionality", 501
                )
            if if_match is not None and there is None:
                raise AwsError("NoSuchKey", "The specified key does not exist.", 404)
            if (if_none_match and there is not None) or (
                if_match is not None and there is not None and there.etag != if_match.strip('"')
            ):
                raise AwsError(
                    "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412
                )
        etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
        self._objects[key] = Object(body, self._now(), etag, type)
        return self._objects[key]

    def found(self, key: str) -> Object | None:
        one = self._objects.get(key)
        return None if one is None or self._is_gone(key, one) else one

    def get(self, key: str) -> bytes:
        """Raises AwsError."""
        one = self.found(key)
        if one is None:
            raise AwsError("NoSuchKey", "The specified key does not exist.", 404, Key=key)
        return one.body

    def delete(self, key: str) -> None:
        """One that is not there is deleted too."""
        self._objects.pop(key, None)

    def page(self, prefix: str, after: str) -> tuple[list[tuple[str, Object]], bool]:
        """Up to 1,000 objects behind a key, and whether there are more."""
        keys = sorted(key for key in self.objects if key.startswith(prefix) and key > after)
        return [(key, self._objects[key]) for key in keys[:PAGE]], len(keys) > PAGE

    def _is_gone(self, key: str, one: Object) -> bool:
        """An object expires at the midnight (UTC) after so many days.
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html"""
        return any(
            key.startswith(prefix) and self._now() >= (int(one.written_at) // DAY + days + 1) * DAY
            for prefix, days in self.expires.items()
        )
