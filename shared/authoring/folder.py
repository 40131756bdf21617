"""The files of a workspace folder, read and checked one by one; what they say of each other is checked later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath

import orjson
from pydantic import ValidationError

from shared.authoring import schema_findings
from shared.authoring.findings import Finding, Path, Place
from shared.authoring.models import KINDS, TEXT_PARTS, Authored, TemplatesFile
from shared.authoring.yaml_document import Document, NotReadable, read

SUFFIX = ".yaml"
MOST_BYTES = 1024 * 1024
"""Of one file: what a person writes is far below."""


@dataclass(frozen=True)
class AuthoredFile:
    """`name` is the file as findings show it; `texts` are the files that templates name, by what they name."""

    name: str
    document: Document
    content: Authored
    texts: dict[str, Text] = field(default_factory=dict)

    def place(self, *path: str | int) -> Place:
        return Place(self.name, self.document.line(path))


@dataclass(frozen=True)
class Text:
    """A file named by another one, such as the HTML of an email."""

    name: str
    content: str


class NotUsable(Exception):
    """All that is wrong with one file."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(map(str, findings)))
        self.findings = findings


def read_folder(directory: FilePath) -> tuple[list[AuthoredFile], list[Finding]]:
    """Every file that could be read, `workspace.yaml` first, and what is wrong with the others."""
    files: list[AuthoredFile] = []
    findings: list[Finding] = list(_not_read(directory))
    if not (directory / f"workspace{SUFFIX}").is_file():
        place = Place(str(directory / f"workspace{SUFFIX}"), 1)
        advice = "Create it with a name: `name: my-shop`."
        findings.append(Finding(place, "schema", "error", "there is no such file", advice))
    for kind in KINDS:
        for path in _of_kind(directory, kind):
            try:
                files.append(read_file(path, kind, str(path), within=directory))
            except NotUsable as problem:
                findings += problem.findings
    return files, findings


def read_file(path: FilePath, kind: str, name: str, *, within: FilePath) -> AuthoredFile:
    """One file of that kind. Raises NotUsable."""
    try:
        document = read(_text(path, name))
    except NotReadable as problem:
        place = Place(name, problem.line)
        advice = "Correct the YAML; a text with `: ` or ` #` in it needs quotes."
        raise NotUsable(Finding(place, "yaml", "error", str(problem), advice)) from problem
    try:
        # By way of JSON, where strict means no guessing but lists may become tuples.
        content = KINDS[kind].model_validate_json(
            orjson.dumps({} if document.data is None else document.data), strict=True
        )
    except ValidationError as error:
        raise NotUsable(*schema_findings.findings(error, name, document)) from error
    file = AuthoredFile(name, document, content)
    if isinstance(content, TemplatesFile):
        file.texts.update(_texts(content, file, path.parent, within))
    return file


def _of_kind(directory: FilePath, kind: str) -> list[FilePath]:
    alone = directory / f"{kind}{SUFFIX}"
    beside = sorted((directory / kind).glob(f"*{SUFFIX}")) if kind != "workspace" else []
    return [path for path in (alone, *beside) if path.is_file()]


def _not_read(directory: FilePath) -> Iterator[Finding]:
    """A YAML file under a name we do not read would be missed in silence."""
    read_ones = {path for kind in KINDS for path in _of_kind(directory, kind)}
    for path in sorted([*directory.glob("*"), *directory.glob("*/*")]):
        hidden = any(part.startswith(".") for part in path.relative_to(directory).parts)
        if hidden or path in read_ones or path.suffix not in (".yaml", ".yml") or not path.is_file():
            continue
        expected = ", ".join(f"{kind}{SUFFIX}" for kind in KINDS)
        advice = f"Files are {expected}, or any name in a folder plan/, campaigns/, templates/ or sources/."
        yield Finding(Place(str(path), 1), "unknown-file", "warning", "this file is not read", advice)


def _texts(content: TemplatesFile, file: AuthoredFile, folder: FilePath, within: FilePath) -> dict[str, Text]:
    found: dict[str, Text] = {}
    problems: list[Finding] = []
    for template_id, template in content.templates.items():
        for part in TEXT_PARTS:
            named = getattr(template, f"{part}_file", None)
            if named is None:
                continue
            path: Path = ("templates", template_id, f"{part}_file")
            target = (folder / named).resolve()
            if not target.is_relative_to(within.resolve()):
                problems.append(
                    _named_wrongly(file.place(*path), named, "is outside of the workspace's folder")
                )
            elif not target.is_file():
                problems.append(_named_wrongly(file.place(*path), named, "does not exist"))
            else:
                try:
                    found[named] = Text(str(folder / named), _text(target, str(folder / named)))
                except NotUsable as problem:
                    problems += problem.findings
    if problems:
        raise NotUsable(*problems)
    return found


def _named_wrongly(place: Place, named: str, what: str) -> Finding:
    advice = "Name a file inside of the workspace's folder, beside the one that names it or below."
    return Finding(place, "schema", "error", f"the file {named} {what}", advice)


def _text(path: FilePath, name: str) -> str:
    data = path.read_bytes()
    if len(data) > MOST_BYTES:
        finding = Finding(Place(name, 1), "yaml", "error", f"larger than {MOST_BYTES} bytes", "Split it.")
        raise NotUsable(finding)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        finding = Finding(Place(name, line), "yaml", "error", "not UTF-8 text", "Save it as UTF-8.")
        raise NotUsable(finding) from error
