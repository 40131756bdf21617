"""What pydantic found wrong with a file's content, as findings with a line and a sentence."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from shared.authoring import not_yet
from shared.authoring.findings import Finding, Path, Place
from shared.authoring.models import KINDS
from shared.authoring.readable_part import KEY_ITSELF
from shared.authoring.schema_words import said
from shared.authoring.yaml_document import Document


class Meant(NamedTuple):
    """Names that there are, old names with their new ones, and the page that explains them."""

    known: Collection[str]
    renamed: Mapping[str, str]
    page: str


WORKSPACE_PAGE = "docs/workspace.md"


def findings(
    error: ValidationError,
    file: str,
    document: Document,
    *,
    known: Collection[str] | None = None,
    renamed: Mapping[str, str] | None = None,
    page: str = WORKSPACE_PAGE,
    written: Callable[[Path], Path] = lambda path: path,
) -> list[Finding]:
    """`known` are the names that may have been meant, a workspace's unless given, `renamed` old names of them; `page`
    says what each is. `written` says where in the file a value of the model stands."""
    meant = Meant(_all_keys() if known is None else known, renamed or {}, page)
    return [_finding(one, file, document, meant, written) for one in error.errors(include_url=False)]


def _finding(
    error: Any,
    file: str,
    document: Document,
    meant: Meant,
    written: Callable[[Path], Path],
) -> Finding:
    path = written(tuple(step for step in error["loc"] if step != KEY_ITSELF))
    place = Place(file, document.line(path))
    if error["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return _unknown(place, path, meant)
    if error["type"] == "missing":
        return Finding(place, "schema", "error", f"`{path[-1]}` is missing{_inside(path[:-1])}", "Write it.")
    words = said(error)
    return Finding(
        place, "schema", "error", f"{_subject(path)}{words.sentence}", words.advice or f"See {meant.page}."
    )


def _unknown(place: Place, path: Path, meant: Meant) -> Finding:
    """A name that means nothing where it stands, and the one it may have been meant for."""
    name = str(path[-1])
    if (lacking := not_yet.of_campaign(path)) is not None:
        sentence, advice = lacking
        return Finding(
            place, "schema", "error", f"`{name}` is not known{_inside(path[:-1])}: {sentence}", advice
        )
    if new := meant.renamed.get(name):
        return Finding(
            place,
            "schema",
            "error",
            f"`{name}` is called `{new}` now{_inside(path[:-1])}",
            f"See {meant.page}.",
        )
    close = difflib.get_close_matches(name, meant.known, n=1)
    advice = f"Did you mean `{close[0]}`?" if close and close[0] != name else f"See {meant.page}."
    return Finding(place, "schema", "error", f"`{name}` is not known{_inside(path[:-1])}", advice)


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
