"""A file without its top key: content that belongs below `campaigns:` is at the top."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from shared.authoring.files.known_keys import keys_at
from shared.authoring.files.models.kinds import KINDS
from shared.authoring.files.yaml_document import Document
from shared.authoring.findings import Finding, Place


def forgotten(kind: str, error: ValidationError, name: str, document: Document) -> Finding | None:
    """One finding instead of one for each key; None if something else is wrong too."""
    wrong = [one for one in error.errors(include_url=False) if one["type"] != "missing"]
    top = "events" if kind == "plan" else kind
    inner = set(keys_at(KINDS[kind], (top, "x")))
    if not wrong or not all(_stands_below(one, inner) for one in wrong):
        return None
    first = str(wrong[0]["loc"][0])
    return Finding(
        Place(name, document.line((first,))),
        "schema",
        "error",
        f"`{top}:` is missing at the top",
        f"Write `{top}:` above `{first}`, and indent everything that belongs to it.",
    )


def _stands_below(error: Any, inner: set[str]) -> bool:
    came = error["input"]
    is_unknown = error["type"] == "extra_forbidden" and len(error["loc"]) == 1
    return is_unknown and isinstance(came, dict) and not inner.isdisjoint(came)
