"""Verify Signature Version 4: whether a request was signed with a key pair, and arrived unchanged.

botocore's own signer signs the request again as it arrived, and the signatures are compared.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

GOOD_FOR = timedelta(minutes=15)
"""How far the time of signing may be from the current time, as with AWS."""

TIME_FORMAT = "%Y%m%dT%H%M%SZ"

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 +Credential=([^/,\s]+)/(\d{8})/([^/,\s]+)/([^/,\s]+)/aws4_request"
    r" *, *SignedHeaders=([^,\s]+) *, *Signature=([0-9a-f]{64})"
)


class Claim(NamedTuple):
    """The content of an `Authorization` header."""

    access_key_id: str
    day: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str

    @classmethod
    def of(cls, authorization: str) -> Self | None:
        """Parse the header; None if it is not a signature of this kind."""
        match = AUTHORIZATION.fullmatch(authorization.strip())
        if match is None:
            return None
        key_id, day, region, service, headers, signature = match.groups()
        return cls(key_id, day, region, service, tuple(headers.split(";")), signature)


class Arrived(NamedTuple):
    """A request as it arrived. `paths` are the percent-encoded forms in which its path may have been sent, because a
    gateway that decodes paths hides which one it was. Header names are lower case. `body` is before decompression."""

    method: str
    paths: tuple[str, ...]
    query: str
    headers: Mapping[str, str]
    body: bytes


def problem(claim: Claim, request: Arrived, service: str, secret_access_key: str, at: datetime) -> str | None:
    """Why the signature is not valid, in a sentence for the sender; None if it is valid. `at` is now, in UTC."""
    if claim.service != service:
        return f"The request is signed for the service {claim.service}; {service} is the one here."
    signed_at = request.headers.get("x-amz-date", "")
    moment = _moment(signed_at)
    if moment is None or signed_at[:8] != claim.day:
        return "x-amz-date must be there, like 20261121T120000Z, and its day that of the credential."
    if abs(at - moment) > GOOD_FOR:
        return f"The signature is of {signed_at}, more than 15 minutes from now, {at.strftime(TIME_FORMAT)}."
    if "host" not in claim.signed_headers:
        return "The header host must be among the signed ones."
    if any(name not in request.headers for name in claim.signed_headers):
        return "A header is named as signed and is not there."
    digest = hashlib.sha256(request.body).hexdigest()
    if request.headers.get("x-amz-content-sha256", digest) != digest:
        return "x-amz-content-sha256 is not the hash of the body."
    try:
        is_right = any(
            _is_of(claim, request, path, digest, secret_access_key, signed_at) for path in request.paths
        )
    except ValueError:
        return "The header host names no host."
    if not is_right:
        return (
            "The request signature we calculated does not match the one that came: "
            "check the secret access key, and that nothing on the way changes the request."
        )
    return None


def _is_of(claim: Claim, request: Arrived, path: str, digest: str, secret: str, signed_at: str) -> bool:
    signer = _Signer(Credentials(claim.access_key_id, secret), claim.service, claim.region)
    signer.signed = claim.signed_headers
    again = AWSRequest(
        method=request.method,
        url=f"https://{request.headers['host']}{path}{'?' if request.query else ''}{request.query}",
        headers={**request.headers, "x-amz-content-sha256": digest},
    )
    again.context["timestamp"] = signed_at
    signature: str = signer.signature(signer.string_to_sign(again, signer.canonical_request(again)), again)
    return hmac.compare_digest(signature, claim.signature)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


class _Signer(SigV4Auth):
    """Signs the same headers that the sender signed."""

    signed: tuple[str, ...] = ()

    def headers_to_sign(self, request: AWSRequest) -> Any:
        chosen = HTTPHeaders()
        for name in self.signed:
            chosen[name] = request.headers[name]
        return chosen
