"""Read the files of a workspace folder and check each by itself. References between them are checked later."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path as FilePath

from pydantic import ValidationError

from shared.authoring.files import known_keys, schema_findings, top_key
from shared.authoring.files.authored_file import AuthoredFile, NotUsable
from shared.authoring.files.file_names import SUFFIX, not_read, of_kind
from shared.authoring.files.models.authored import Authored
from shared.authoring.files.models.kinds import KINDS
from shared.authoring.files.models.templates import TemplatesFile
from shared.authoring.files.readable_part import readable_part, validated
from shared.authoring.files.texts import text_of, texts_of_templates
from shared.authoring.files.yaml_advice import advice
from shared.authoring.files.yaml_document import NotReadable, read
from shared.authoring.findings import Finding, Path, Place

HOLDS: dict[str, Path] = {
    "workspace": ("settings",),
    "sources": ("sources",),
    "plan": ("events",),
    "campaigns": ("campaigns",),
    "templates": ("templates",),
}
"""The key of a file's content in the workspace, by kind of file."""


def read_folder(directory: FilePath) -> tuple[list[AuthoredFile], list[Finding], frozenset[Path]]:
    """The files as far as they can be read, `workspace.yaml` first; the findings; and the paths that may have been
    lost."""
    files: list[AuthoredFile] = []
    findings: list[Finding] = []
    lost: set[Path] = set()
    for finding, kind in not_read(directory):
        findings.append(finding)
        lost |= {HOLDS[kind]} if kind is not None else set()
    if not (directory / f"workspace{SUFFIX}").is_file() and HOLDS["workspace"] not in lost:
        place = Place(str(directory / f"workspace{SUFFIX}"), 1)
        create = "Create it with a name: `name: my-shop`."
        findings.append(Finding(place, "schema", "error", "there is no such file", create))
        lost.add(HOLDS["workspace"])
    for kind in KINDS:
        for path in of_kind(directory, kind):
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
    text = text_of(path, name)
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
        texts, problems = texts_of_templates(content, file, path.parent, within)
        whole = {id_: one for id_, one in content.templates.items() if id_ not in problems}
        content = content.model_copy(update={"templates": whole})
        findings += [finding for found in problems.values() for finding in found]
        lost |= {("templates", template_id) for template_id in problems}
        file.texts.update(texts)
    return replace(file, content=content, findings=findings, lost=frozenset(lost))
