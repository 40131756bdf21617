"""What pydantic found wrong with a file's content, as findings with a line and a sentence."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection
from typing import Any

from pydantic import BaseModel, ValidationError

from shared.authoring import not_yet
from shared.authoring.findings import Finding, Path, Place
from shared.authoring.models import KINDS
from shared.authoring.readable_part import KEY_ITSELF
from shared.authoring.schema_words import said
from shared.authoring.yaml_document import Document

WORKSPACE_PAGE = "docs/workspace.md"


def findings(
    error: ValidationError,
    file: str,
    document: Document,
    *,
    known: Collection[str] | None = None,
    page: str = WORKSPACE_PAGE,
    written: Callable[[Path], Path] = lambda path: path,
) -> list[Finding]:
    """`known` are the names that may have been meant, a workspace's unless given; `page` says what each is. `written`
    says where in the file a value of the model stands."""
    meant = _all_keys() if known is None else known
    return [_finding(one, file, document, meant, page, written) for one in error.errors(include_url=False)]


def _finding(
    error: Any,
    file: str,
    document: Document,
    known: Collection[str],
    page: str,
    written: Callable[[Path], Path],
) -> Finding:
    path = written(tuple(step for step in error["loc"] if step != KEY_ITSELF))
    place = Place(file, document.line(path))
    if error["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return unknown(place, path, known, page)
    if error["type"] == "missing":
        return Finding(place, "schema", "error", f"`{path[-1]}` is missing{_inside(path[:-1])}", "Write it.")
    words = said(error)
    return Finding(
        place, "schema", "error", f"{_subject(path)}{words.sentence}", words.advice or f"See {page}."
    )


def unknown(place: Place, path: Path, known: Collection[str], page: str) -> Finding:
    """A name that means nothing where it stands, and the one it may have been meant for."""
    name = str(path[-1])
    if (lacking := not_yet.of_campaign(path)) is not None:
        sentence, advice = lacking
        return Finding(
            place, "schema", "error", f"`{name}` is not known{_inside(path[:-1])}: {sentence}", advice
        )
    close = difflib.get_close_matches(name, known, n=1)
    meant = f"Did you mean `{close[0]}`?" if close and close[0] != name else f"See {page}."
    return Finding(place, "schema", "error", f"`{name}` is not known{_inside(path[:-1])}", meant)


def _inside(path: Path) -> str:
    return f" in {_dotted(path)}" if path else " at the top"


def _subject(path: Path) -> str:
    return f"{_dotted(path)}: " if path else ""


def _dotted(path: Path) -> str:
    return " > ".join(str(step) for step in path)


def _all_keys() -> list[str]:
    found: set[str] = set()
    seen: set[type[BaseModel]] = set()
    waiting: list[Any] = list(KINDS.values())
    while waiting:
        annotation = waiting.pop()
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            if annotation not in seen:
                seen.add(annotation)
                found |= set(annotation.model_fields)
                waiting += [field.annotation for field in annotation.model_fields.values()]
        else:
            waiting += getattr(annotation, "__args__", ())
    return sorted(found)
