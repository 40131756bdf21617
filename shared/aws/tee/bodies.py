"""Bodies of forwarded requests that are too large for the queue."""

from __future__ import annotations

from shared.aws.clients import client, unavailable_when_failing


class S3TeeBodies:
    """`shared.ports.tee.TeeBodies` in the workspace bucket, whose lifecycle rule deletes them."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def read(self, stored_at: str) -> bytes:
        with unavailable_when_failing():
            try:
                found = client("s3").get_object(Bucket=self._bucket, Key=stored_at)
            except client("s3").exceptions.NoSuchKey as error:
                raise LookupError(f"the object {stored_at} is gone") from error
            return found["Body"].read()
