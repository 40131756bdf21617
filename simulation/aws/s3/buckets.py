"""The buckets of an account, and the calls to them; their answers have bodies and headers of their own.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from simulation.aws.calls import Answer, AwsError, Call, only, unknown_operation
from simulation.aws.s3.bucket import Bucket, Object

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


class Buckets:
    """An answer is `status`, `headers` and `body`."""

    def __init__(self, *, now: Callable[[], float]) -> None:
        self._now = now
        self._buckets: dict[str, Bucket] = {}

    def create(self, name: str, *, expires: Mapping[str, int] | None = None) -> Bucket:
        """`expires`: prefix → days."""
        self._buckets[name] = Bucket(name, expires or {}, now=self._now)
        return self._buckets[name]

    def remove(self, name: str) -> None:
        """The bucket is gone, with all objects."""
        del self._buckets[name]

    def __getitem__(self, name: str) -> Bucket:
        return self._buckets[name]

    def __iter__(self) -> Any:
        return iter(self._buckets)

    def answer(self, call: Call) -> Answer:
        asked = call.asked
        bucket = self._buckets.get(asked["Bucket"])
        if bucket is None:
            raise AwsError(
                "NoSuchBucket", "The specified bucket does not exist", 404, BucketName=asked["Bucket"]
            )
        match call.operation:
            case "PutObject":
                only(call, frozenset({"Bucket", "Key", "Body", "ContentType", "IfMatch", "IfNoneMatch"}))
                put = bucket.put(
                    asked["Key"],
                    asked["Body"],
                    type=asked.get("ContentType", "binary/octet-stream"),
                    if_match=asked.get("IfMatch"),
                    if_none_match=asked.get("IfNoneMatch"),
                )
                return _answer(headers={"ETag": f'"{put.etag}"'})
            case "GetObject":
                only(call, frozenset({"Bucket", "Key"}))
                body = bucket.get(asked["Key"])
                return _answer(body=body, headers=_headers(bucket.objects[asked["Key"]]))
            case "HeadObject":
                only(call, frozenset({"Bucket", "Key"}))
                found = bucket.found(asked["Key"])
                return _answer(status=404) if found is None else _answer(headers=_headers(found))
            case "DeleteObject":
                only(call, frozenset({"Bucket", "Key"}))
                bucket.delete(asked["Key"])
                return _answer(status=204)
            case "ListObjectsV2":
                only(
                    call,
                    frozenset(
                        {
                            "Bucket",
                            "list-type",
                            "prefix",
                            "start-after",
                            "continuation-token",
                            "encoding-type",
                        }
                    ),
                )
                return _answer(body=_listed(bucket, asked), headers={"Content-Type": "application/xml"})
        raise unknown_operation(call)


def _answer(*, status: int = 200, headers: dict[str, str] | None = None, body: bytes = b"") -> Answer:
    return {"status": status, "headers": headers or {}, "body": body}


def _headers(found: Object) -> dict[str, str]:
    return {
        "ETag": f'"{found.etag}"',
        "Content-Type": found.type,
        "Content-Length": str(len(found.body)),
        "Last-Modified": format_datetime(found.modified, usegmt=True),
    }


def _listed(bucket: Bucket, asked: dict[str, Any]) -> bytes:
    prefix = asked.get("prefix", "")
    after = max(asked.get("continuation-token", ""), asked.get("start-after", ""))
    found, is_cut = bucket.page(prefix, after)
    token = f"<NextContinuationToken>{escape(found[-1][0])}</NextContinuationToken>" if is_cut else ""
    contents = "".join(
        f"<Contents><Key>{quote(key)}</Key><LastModified>{one.modified:%Y-%m-%dT%H:%M:%S.000Z}</LastModified>"
        f"<ETag>&quot;{one.etag}&quot;</ETag><Size>{len(one.body)}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for key, one in found
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="{NAMESPACE}"><Name>{bucket.name}</Name>'
        f"<Prefix>{quote(prefix)}</Prefix><KeyCount>{len(found)}</KeyCount><MaxKeys>1000</MaxKeys>"
        f"<EncodingType>url</EncodingType><IsTruncated>{str(is_cut).lower()}</IsTruncated>{token}{contents}"
        "</ListBucketResult>"
    ).encode()
