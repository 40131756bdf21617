"""What a request of botocore's asks: service, operation and parameters, by the protocol of each service."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson
from botocore.awsrequest import AWSPreparedRequest

from simulation.aws.calls import Call

TARGETS = {
    "DynamoDB_20120810": "dynamodb",
    "Kinesis_20131202": "kinesis",
    "AmazonSQS": "sqs",
    "AWSEvents": "events",
    "Firehose_20150804": "firehose",
    "Logs_20140328": "logs",
    "secretsmanager": "secretsmanager",
}
"""The service's name in the header X-Amz-Target."""

S3_HEADERS = {"Content-Type": "ContentType", "If-Match": "IfMatch", "If-None-Match": "IfNoneMatch"}


def read(request: AWSPreparedRequest) -> Call:
    """Raises NotImplementedError for services that are not simulated."""
    target: Any = request.headers.get("X-Amz-Target")
    if target is not None:
        body: Any = request.body
        text = _text(target)
        name, _, operation = text.rpartition(".")
        if name in TARGETS:
            return Call(TARGETS[name], operation, orjson.loads(body), len(body))
        raise NotImplementedError(f"{text} is not simulated")
    url = urlsplit(request.url)
    host = url.hostname or ""
    if host.startswith("sns."):
        asked: dict[str, Any] = dict(parse_qsl(str(_text(request.body)), keep_blank_values=True))
        return Call("sns", asked.pop("Action"), asked)
    if host.startswith("email."):
        return _sesv2(request, url.path)
    if host.startswith("lambda."):
        if url.path.rstrip("/").endswith("/event-source-mappings"):
            return Call("lambda", "ListEventSourceMappings", dict(parse_qsl(url.query)))
        function = unquote(url.path.split("/")[3])
        return Call("lambda", "Invoke", {"FunctionName": function, "Payload": _bytes(request.body)})
    if host.startswith("s3.") or ".s3." in host:
        return _s3(request, host, url.path, url.query)
    raise NotImplementedError(f"{host} is not simulated")


def _sesv2(request: AWSPreparedRequest, path: str) -> Call:
    if path == "/v2/email/outbound-emails":
        return Call("sesv2", "SendEmail", orjson.loads(_bytes(request.body)))
    if path == "/v2/email/account":
        return Call("sesv2", "GetAccount", {})
    if path.startswith("/v2/email/identities/") and request.method == "GET":
        return Call("sesv2", "GetEmailIdentity", {"EmailIdentity": unquote(path.rpartition("/")[2])})
    raise NotImplementedError(f"sesv2: {request.method} {path} is not simulated")


def _s3(request: AWSPreparedRequest, host: str, path: str, query: str) -> Call:
    """The bucket is the first part of the host, or of the path."""
    where = path.lstrip("/")
    bucket = host.partition(".s3.")[0] if ".s3." in host else ""
    if not bucket:
        bucket, _, where = where.partition("/")
    asked: dict[str, Any] = {"Bucket": bucket, **dict(parse_qsl(query, keep_blank_values=True))}
    if not where:
        return Call("s3", "ListObjectsV2", asked)
    asked["Key"] = unquote(where)
    match request.method:
        case "PUT":
            asked["Body"] = _content(request)
            for header, name in S3_HEADERS.items():
                if header in request.headers:
                    asked[name] = _text(request.headers[header])
            return Call("s3", "PutObject", asked)
        case "GET":
            return Call("s3", "GetObject", asked)
        case "HEAD":
            return Call("s3", "HeadObject", asked)
        case "DELETE":
            return Call("s3", "DeleteObject", asked)
    raise NotImplementedError(f"s3: {request.method} is not simulated")


def _content(request: AWSPreparedRequest) -> bytes:
    """The object's bytes. botocore sends them in chunks, with a checksum behind the last one:
    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html"""
    body = _bytes(request.body)
    if "X-Amz-Decoded-Content-Length" not in request.headers:
        return body
    parts: list[bytes] = []
    at = 0
    while True:
        end = body.index(b"\r\n", at)
        size = int(body[at:end].partition(b";")[0], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[end + 2 : end + 2 + size])
        at = end + 2 + size + 2


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if hasattr(body, "read"):
        if hasattr(body, "seek"):
            body.seek(0)
        return bytes(body.read())
    return body.encode() if isinstance(body, str) else bytes(body)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
