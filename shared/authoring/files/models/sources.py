"""`sources.yaml`: who sends events, with what credentials, and under what limits."""

from __future__ import annotations

import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from shared.authoring.files.models.authored import Authored, Id, unreserved
from shared.authoring.files.models.tee import TeeFile
from shared.events import HEADRACE
from shared.records import Trust
from shared.workspace.model import Limits, Policy
from shared.workspace.write_keys import HASHED, PREFIX


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if text != "*" and (text != f"{parts.scheme}://{parts.netloc}" or parts.scheme not in ("http", "https")):
        raise ValueError('should be "*" or like https://shop.example, without a path')
    return text


def _credential(text: str) -> str:
    if text.startswith("sha256:") and not re.fullmatch(HASHED, text):
        raise ValueError("should be `sha256:` and 64 hex digits; `headrace keys --hash` prints it")
    if text.startswith(PREFIX):
        raise ValueError(
            "looks like a write key: those are made by `headrace apply` and work without being listed"
        )
    return text


def _source_id(text: str) -> str:
    if text == HEADRACE:
        raise ValueError(f"`{HEADRACE}` is the source of Headrace's own events; choose another id")
    return unreserved(text)


class SourceFile(Authored):
    name: Annotated[str, Field(min_length=1)] | None = None
    trust: Trust
    policy: Policy = "lenient"
    origins: tuple[Annotated[str, AfterValidator(_origin)], ...] = ()
    accepts: tuple[Annotated[str, Field(min_length=1, max_length=512), AfterValidator(_credential)], ...] = ()
    key_pair: bool = False
    may_define: bool = False
    limits: Limits = Limits()
    tee: TeeFile | None = None

    @model_validator(mode="after")
    def _definitions_are_of_servers(self) -> Self:
        if self.may_define and self.trust != "server":
            raise ValueError("`may_define` is for sources with `trust: server`; a browser's key is public")
        return self

    @model_validator(mode="after")
    def _public_credentials_are_of_browsers(self) -> Self:
        """Every format accepts a credential. Whoever knows it can send as the source and, if that is a server, read
        people."""
        if self.trust == "server" and not all(
            credential.startswith("sha256:") for credential in self.accepts
        ):
            raise ValueError(
                "`accepts` of a source with `trust: server` lists secrets, each as `sha256:...`, which "
                "`headrace keys --hash` prints; public ones, such as an app id, are for `trust: browser`"
            )
        return self

    @model_validator(mode="after")
    def _origins_are_of_browsers(self) -> Self:
        if self.origins and self.trust != "browser":
            raise ValueError("`origins` are for sources with `trust: browser`; a server has none")
        return self

    @model_validator(mode="after")
    def _key_pairs_are_of_servers(self) -> Self:
        if self.key_pair and self.trust != "server":
            raise ValueError(
                "`key_pair` is for sources with `trust: server`; a browser could not keep its secret"
            )
        return self


class SourcesFile(Authored):
    sources: dict[Annotated[Id, AfterValidator(_source_id)], SourceFile] = Field({})
