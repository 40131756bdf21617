"""The text of a workspace's files, and of the files that its templates name."""

from __future__ import annotations

from pathlib import Path as FilePath

from shared.authoring.files.authored_file import AuthoredFile, NotUsable, Text
from shared.authoring.files.models.templates import PARTS, TemplatesFile
from shared.authoring.findings import Finding, Place

MOST_BYTES = 1024 * 1024
"""Bytes of one file. People's files are far smaller."""


def texts_of_templates(
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
    return Text(str(folder / named), text_of(target, str(folder / named)))


def _named_wrongly(place: Place, named: str, what: str) -> Finding:
    rename = "Name a file inside of the workspace's folder, beside the one that names it or below."
    return Finding(place, "schema", "error", f"the file {named} {what}", rename)


def text_of(path: FilePath, name: str) -> str:
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
