"""The headers that carry a request's content type through API Gateway's HTTP APIs.

An HTTP API decides by the content type whether a body is text, and decodes text as UTF-8. That destroys gzip under
`text/plain`. So the stack lets the API replace the client's type with a binary one, and pass on the client's own in
another header. AWS does not document whether it replaces before it decides. If it does not, the replacement does no
harm.
"""

from __future__ import annotations

STAND_IN = "application/x-headrace"
"""The content type that the function gets with every request."""

ORIGINAL = "headrace-content-type"
"""The header with the client's own content type, if it sent one."""

TEXT_TYPES = frozenset({"application/json", "application/xml", "application/javascript"})


def is_taken_for_text(content_type: str | None) -> bool:
    """Whether an HTTP API treats every body of this type as text. It does not for a missing type."""
    media_type = (content_type or "").partition(";")[0].strip().lower()
    return (
        media_type.startswith("text/") or media_type in TEXT_TYPES or media_type.endswith(("+json", "+xml"))
    )
