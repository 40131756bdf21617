"""Translate pydantic's errors about a file to findings with a line and a sentence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from shared.authoring.files import not_yet, unbracketed
from shared.authoring.files.readable_part import KEY_ITSELF
from shared.authoring.files.schema_words import SECRET_PLACES, Said, said
from shared.authoring.files.yaml_document import Document
from shared.authoring.findings import Finding, Path, Place
from shared.text.spelling import closest

Advice = Callable[[Path], str]
"""A function that says what to write instead of an unknown name at a path; "" if unknown."""


class Meant(NamedTuple):
    """Advice for unknown names, old names with their new ones, and the page that explains them."""

    advice: Advice
    renamed: Mapping[str, str]
    page: str


WORKSPACE_PAGE = "docs/workspace.md"


def findings(
    error: ValidationError,
    file: str,
    document: Document,
    *,
    advice: Advice,
    renamed: Mapping[str, str] | None = None,
    page: str = WORKSPACE_PAGE,
    written: Callable[[Path], Path] = lambda path: path,
) -> list[Finding]:
    """`advice` says what may have been meant by an unknown name, `renamed` has old names, `page` says what each is.
    `written` says where in the file a value of the model stands."""
    meant = Meant(advice, renamed or {}, page)
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
        if (key := unbracketed.key_of(path, document)) is not None:
            return _unknown(place, path, meant._replace(advice=lambda _: _brackets(key)))
        return _unknown(place, path, meant)
    if error["type"] == "missing":
        return Finding(place, "schema", "error", f"`{path[-1]}` is missing{_inside(path[:-1])}", "Write it.")
    words = said(error, document.written.get(path))
    if error["type"] in ("tuple_type", "list_type") and SECRET_PLACES.isdisjoint(path):
        items = unbracketed.listed(path, document)
        words = Said(f"should be a list: `[{', '.join(items)}]`") if items else words
    return Finding(
        place, "schema", "error", f"{_subject(path)}{words.sentence}", words.advice or f"See {meant.page}."
    )


def among(known: Collection[str]) -> Advice:
    """Advice for names that are allowed anywhere."""

    def advice(path: Path) -> str:
        name = closest(str(path[-1]), known)
        return f"Did you mean `{name}`?" if name is not None and name != path[-1] else ""

    return advice


def _unknown(place: Place, path: Path, meant: Meant) -> Finding:
    """The finding for an unknown name, with the name that may have been meant."""
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
    message = f"`{name}` is not known{_inside(path[:-1])}"
    return Finding(place, "schema", "error", message, meant.advice(path) or f"See {meant.page}.")


def _brackets(key: str) -> str:
    return f"Write `{key}` as a list in brackets, `{key}: [a, b]`, and put a text with a comma in quotes."


def _inside(path: Path) -> str:
    return f" in {_dotted(path)}" if path else " at the top"


def _subject(path: Path) -> str:
    return f"{_dotted(path)}: " if path else ""


def _dotted(path: Path) -> str:
    return " > ".join(str(step) for step in path)
