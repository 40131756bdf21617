"""`tee` of a source: the vendor that its requests are forwarded to."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from shared.authoring.files.models.web_addresses import https_url
from shared.tee import is_of_the_connection
from shared.workspace.model import Tee

HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,100}")

SECRET_HEADER = re.compile(r"authorization|passcode|password|secret|token|api-?key", re.IGNORECASE)


def _vendor_host(text: str) -> str:
    https_url(text)
    parts = urlsplit(text)
    if not parts.hostname or "@" in parts.netloc or text != f"{parts.scheme}://{parts.netloc}":
        raise ValueError(
            "should be like https://eu1.api.vendor.example, without a path: the client's path is kept"
        )
    return text


def _vendor_header(name: str) -> str:
    if not HEADER_NAME.fullmatch(name) or is_of_the_connection(name):
        raise ValueError(f"`{name}` is not a header that can be set")
    if SECRET_HEADER.search(name):
        raise ValueError(f"`{name}` is secret: set it with `headrace tee secret`, and leave it out here")
    return name


class TeeFile(Tee):
    host: Annotated[str, AfterValidator(_vendor_host)]
    headers: dict[
        Annotated[str, AfterValidator(_vendor_header)], Annotated[str, Field(pattern=r"^[ -~]{1,500}$")]
    ] = Field(default_factory=dict)
