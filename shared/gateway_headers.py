"""How the content type of a request gets through an API Gateway of the kind HTTP API.

By the content type alone it decides what is text, and reads that as UTF-8: gzip under `text/plain` reaches the function
destroyed. So the stack has it put a type that is no text in the place of the client's, which goes along in a header of
ours. AWS does not say whether that comes before the decision; if it does not, nothing is lost by it.
"""

from __future__ import annotations

STAND_IN = "application/x-headrace"
"""The content type of every request, as the function gets it."""

ORIGINAL = "headrace-content-type"
"""The header with the client's, if it sent one."""

TEXT_TYPES = frozenset({"application/json", "application/xml", "application/javascript"})


def is_taken_for_text(content_type: str | None) -> bool:
    """Whether an HTTP API hands a body of this type over as text, whatever it is. A missing type is not."""
    media_type = (content_type or "").partition(";")[0].strip().lower()
    return (
        media_type.startswith("text/") or media_type in TEXT_TYPES or media_type.endswith(("+json", "+xml"))
    )
