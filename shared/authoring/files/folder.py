"""Read the files of a workspace folder and check each by itself. References between them are checked later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path as FilePath

from pydantic import ValidationError

from shared.authoring.files import known_keys, schema_findings, top_key
from shared.authoring.files.models.authored import Authored
from shared.authoring.files.models.kinds import KINDS
from shared.authoring.files.models.templates import PARTS, TemplatesFile
from shared.authoring.files.readable_part import readable_part, validated
from shared.authoring.files.yaml_advice import advice
from shared.authoring.files.yaml_document import Document, NotReadable, read
from shared.authoring.findings import Finding, Path, Place
from shared.text.spelling import closest

SUFFIX = ".yaml"
YAML_SUFFIXES = (SUFFIX, ".yml")
MOST_BYTES = 1024 * 1024
"""Bytes of one file. People's files are far smaller."""


HOLDS: dict[str, Path] = {
    "workspace": ("settings",),
    "sources": ("sources",),
    "plan": ("events",),
    "campaigns": ("campaigns",),
    "templates": ("templates",),
}
"""The key of a file's content in the workspace, by kind of file."""


FOLDERS = tuple(kind for kind in KINDS if kind != "workspace")
"""Kinds that may have a folder of files."""


@dataclass(frozen=True)
class AuthoredFile:
    """`name` is the file as findings show it; `texts` are the files that templates name, by what they name.

    `content` is the part that could be read. `findings` and `lost` say what could not, and where. A missing value at
    such a place, or below, may in fact have been written.
    """

    name: str
    document: Document
    content: Authored
    texts: dict[str, Text] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    lost: frozenset[Path] = frozenset()

    def place(self, *path: str | int) -> Place:
        return Place(self.name, self.document.line(path))


@dataclass(frozen=True)
class Text:
    """A file named by another one, such as the HTML of an email."""

    name: str
    content: str


class NotUsable(Exception):
    """The file cannot be used. `findings` has its mistakes."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(map(str, findings)))
        self.findings = findings


def read_folder(directory: FilePath) -> tuple[list[AuthoredFile], list[Finding], frozenset[Path]]:
    """The files as far as they can be read, `workspace.yaml` first; the findings; and the paths that may have been
    lost."""
    files: list[AuthoredFile] = []
    findings: list[Finding] = []
    lost: set[Path] = set()
    for finding, kind in _not_read(directory):
        findings.append(finding)
        lost |= {HOLDS[kind]} if kind is not None else set()
    if not (directory / f"workspace{SUFFIX}").is_file() and HOLDS["workspace"] not in lost:
        place = Place(str(directory / f"workspace{SUFFIX}"), 1)
        create = "Create it with a name: `name: my-shop`."
        findings.append(Finding(place, "schema", "error", "there is no such file", create))
        lost.add(HOLDS["workspace"])
    for kind in KINDS:
        for path in _of_kind(directory, kind):
            try:
                file = read_file(path, kind, str(path), within=directory)
            except NotUsable as problem:
                findings += problem.findings
                lost.add(HOLDS[kind])
            else:
                files.append(file)
                findings += file.findings
                lost |= file.lost
    return files, findings, frozenset(lost)


def read_file(path: FilePath, kind: str, name: str, *, within: FilePath) -> AuthoredFile:
    """Read one file of a kind. Raises NotUsable if nothing in it can be read."""
    text = _text(path, name)
    try:
        document = read(text)
    except NotReadable as problem:
        mend = advice(str(problem), text.split("\n")[problem.line - 1])
        raise NotUsable(Finding(Place(name, problem.line), "yaml", "error", str(problem), mend)) from problem
    findings: list[Finding] = []
    lost: set[Path] = set()
    content: Authored | None
    try:
        content = validated(KINDS[kind], document.data)
    except ValidationError as error:
        forgotten = top_key.forgotten(kind, error, name, document)
        findings += (
            [forgotten]
            if forgotten is not None
            else schema_findings.findings(
                error, name, document, advice=partial(known_keys.advice, KINDS[kind])
            )
        )
        content, places = readable_part(KINDS[kind], document.data, error)
        if content is None:
            raise NotUsable(*findings) from error
        lost |= {place or HOLDS[kind] for place in places}
        if ("catalogues",) in lost:
            lost.add(HOLDS["plan"])
    file = AuthoredFile(name, document, content)
    if isinstance(content, TemplatesFile):
        texts, problems = _texts(content, file, path.parent, within)
        whole = {id_: one for id_, one in content.templates.items() if id_ not in problems}
        content = content.model_copy(update={"templates": whole})
        findings += [finding for found in problems.values() for finding in found]
        lost |= {("templates", template_id) for template_id in problems}
        file.texts.update(texts)
    return replace(file, content=content, findings=findings, lost=frozenset(lost))


def _of_kind(directory: FilePath, kind: str) -> list[FilePath]:
    alone = directory / f"{kind}{SUFFIX}"
    beside = sorted((directory / kind).glob(f"*{SUFFIX}")) if kind in FOLDERS else []
    return [path for path in (alone, *beside) if path.is_file()]


def _not_read(directory: FilePath) -> Iterator[tuple[Finding, str | None]]:
    """Findings for YAML files whose names are not read, which would otherwise be missed silently. If only the ending of
    the name is wrong, also the kind of file, because missing content may be in there."""
    read_ones = {path for kind in KINDS for path in _of_kind(directory, kind)}
    deeper = [path for kind in FOLDERS for path in (directory / kind).glob("*/**/*")]
    for path in sorted({*directory.glob("*"), *directory.glob("*/*"), *deeper}):
        within = path.relative_to(directory)
        hidden = any(part.startswith(".") for part in within.parts)
        if hidden or path in read_ones or path.suffix.lower() not in YAML_SUFFIXES or not path.is_file():
            continue
        place, right = Place(str(path), 1), path.with_suffix(SUFFIX)
        kind = _kind_but_for_its_ending(within)
        if kind is not None:
            message = f"this file is not read, because its name ends in {path.suffix}"
            yield (
                Finding(place, "unknown-file", "error", message, f"Rename it to {right}, or remove it."),
                kind,
            )
        else:
            yield Finding(place, "unknown-file", "warning", "this file is not read", _renamed(within)), None


def _kind_but_for_its_ending(within: FilePath) -> str | None:
    if within.suffix == SUFFIX:
        return None
    if len(within.parts) == 1:
        return within.stem if within.stem in KINDS else None
    return within.parts[0] if within.parts[0] in FOLDERS and len(within.parts) == 2 else None


def _renamed(within: FilePath) -> str:
    """Advice for a file with an unknown name, given as its path below the workspace's folder."""
    if within.parts[0] in FOLDERS:
        return f"Move it up into {within.parts[0]}/."
    meant = closest(within.parts[0].partition(".")[0], KINDS)
    if meant is not None and (len(within.parts) == 1 or meant in FOLDERS):
        return f"Did you mean {FilePath(meant, *within.parts[1:]) if within.parts[1:] else meant + SUFFIX}?"
    expected = ", ".join(f"{kind}{SUFFIX}" for kind in KINDS)
    folders = ", ".join(f"{kind}/" for kind in FOLDERS)
    return f"Files are {expected}, or any name that ends in {SUFFIX} in a folder {folders}."


def _texts(
    content: TemplatesFile, file: AuthoredFile, folder: FilePath, within: FilePath
) -> tuple[dict[str, Text], dict[str, list[Finding]]]:
    """The files that templates name, and by template the findings for those that cannot be read."""
    found: dict[str, Text] = {}
    problems: dict[str, list[Finding]] = {}
    for template_id, template in content.templates.items():
        for part in PARTS:
            named = getattr(template, f"{part}_file", None)
            if named is None:
                continue
            place = file.place("templates", template_id, f"{part}_file")
            try:
                found[named] = _text_named(named, place, folder, within)
            except NotUsable as problem:
                problems.setdefault(template_id, []).extend(problem.findings)
    return found, problems


def _text_named(named: str, place: Place, folder: FilePath, within: FilePath) -> Text:
    """Raises NotUsable."""
    target = (folder / named).resolve()
    if not target.is_relative_to(within.resolve()):
        raise NotUsable(_named_wrongly(place, named, "is outside of the workspace's folder"))
    if not target.is_file():
        raise NotUsable(_named_wrongly(place, named, "does not exist"))
    return Text(str(folder / named), _text(target, str(folder / named)))


def _named_wrongly(place: Place, named: str, what: str) -> Finding:
    rename = "Name a file inside of the workspace's folder, beside the one that names it or below."
    return Finding(place, "schema", "error", f"the file {named} {what}", rename)


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
