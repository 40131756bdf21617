"""`headrace.yaml`: the settings of a checkout's user, over the defaults of `infra/settings`.

Its sections are `all`, for every stage, and one per stage, which goes before `all`. Of a setting by channel only the
channels that are named change; any other value replaces the default. See `headrace.example.yaml`.
"""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path as FilePath
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from infra.settings.model import Settings
from infra.settings.stages import TARGETS
from shared.authoring.files import schema_findings
from shared.authoring.files.yaml_document import Document, NotReadable, read
from shared.authoring.findings import Finding, Path, Place
from shared.authoring.user_settings import ALL, VARIABLE, NoSuchFile, plain, settings_file
from shared.text.spelling import closest

CHECKOUT = FilePath(__file__).resolve().parents[2]
EXAMPLE = "headrace.example.yaml"

NAMES = tuple(sorted(one.name for one in fields(Settings) if one.name != "stage"))
SECTIONS = (ALL, *TARGETS)

RENAMED = {"removal": "keeps_data", "log_retention": "log_days"}
"""Names that settings had once."""

ADAPTER: TypeAdapter[Settings] = TypeAdapter(Settings)


class SettingsError(Exception):
    """Why there are no settings, in sentences for whoever deploys."""


class NotUsable(SettingsError):
    """All that is wrong with the file, a line each."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("\n".join(map(as_line, findings)))
        self.findings = findings


def as_line(found: Finding) -> str:
    return f"{found.place}: {found.message}. {found.advice}".rstrip()


def chosen(stage: str, named: str | None = None) -> Settings:
    """The settings of a stage; `named` is the file of the CDK's context. Raises SettingsError."""
    if stage not in TARGETS:
        raise SettingsError(f"there is no stage {stage}; there are {', '.join(TARGETS)}")
    return in_force(chosen_file(named))[stage]


def chosen_file(named: str | None = None) -> FilePath | None:
    """None when the defaults are in force. Raises SettingsError, also when two files are named.

    `headrace` always names one, or that there is none: what it shows and what the CDK uses must not be two things.
    """
    variable = os.environ.get(VARIABLE)
    if named and variable and FilePath(named).absolute() != FilePath(variable).absolute():
        raise SettingsError(
            f"two settings files are named: {variable} by {VARIABLE}, {named} by the CDK's context (-c settings=)"
        )
    try:
        return settings_file(CHECKOUT, named or variable)
    except NoSuchFile as error:
        raise SettingsError(str(error)) from error


def in_force(file: FilePath | None) -> dict[str, Settings]:
    """The settings of every stage. Raises NotUsable for whatever is wrong with any of them."""
    return dict(TARGETS) if file is None else SettingsFile(file).in_force()


class SettingsFile:
    """One file, read. Raises NotUsable when it is not made of sections."""

    def __init__(self, file: FilePath) -> None:
        self._folder = file.parent
        self.name = str(file)
        try:
            self._document: Document = read(file.read_text())
        except (NotReadable, OSError, UnicodeDecodeError) as error:
            place = Place(self.name, error.line if isinstance(error, NotReadable) else 1)
            raise NotUsable(Finding(place, "yaml", "error", str(error))) from error
        self._sections = self._checked_sections()

    def in_force(self) -> dict[str, Settings]:
        """Raises NotUsable."""
        made: dict[str, Settings] = {}
        findings: list[Finding] = []
        for stage, default in TARGETS.items():
            try:
                made[stage] = self._settings(default)
            except ValidationError as error:
                findings += schema_findings.findings(
                    error,
                    self.name,
                    self._document,
                    advice=schema_findings.among(NAMES),
                    renamed=RENAMED,
                    page=EXAMPLE,
                    written=lambda path, stage=stage: self.written(stage, path),  # type: ignore[misc]
                )
        if findings:  # what stands in `all` is found once for every stage
            raise NotUsable(*sorted(dict.fromkeys(findings)))
        return made

    def written(self, stage: str, path: Path) -> Path:
        """Where the value that the stage has at a path stands in the file."""
        for section in (stage, ALL):
            if (section, *path) in self._document.lines:
                return (section, *path)
        return next(
            (
                (section, *path)
                for section in (stage, ALL)
                if path and (section, path[0]) in self._document.lines
            ),
            (stage if stage in self._sections else ALL, *path),
        )

    def line(self, stage: str, name: str) -> int | None:
        """Where the file names the setting for the stage; None when the default is in force."""
        path = self.written(stage, (name,))
        return self._document.lines.get(path)

    def line_of(self, path: Path) -> int:
        """Of a place in the file, or of the nearest above it that has a line."""
        return self._document.line(path)

    def _settings(self, default: Settings) -> Settings:
        values: dict[str, Any] = ADAPTER.dump_python(default, mode="json")
        by_channel = {name for name, value in values.items() if isinstance(value, dict)}
        for section in (ALL, default.stage):
            for name, value in self._sections.get(section, {}).items():
                if name in by_channel and isinstance(value, dict):
                    values[name] = {**values[name], **value}
                else:
                    values[name] = value
                if name == "routes" and isinstance(value, str):
                    values[name] = str(plain(self._folder / FilePath(value).expanduser()))
        # By way of JSON, where strict means no guessing but lists may become tuples.
        return ADAPTER.validate_json(orjson.dumps(values), strict=True)

    def _checked_sections(self) -> dict[str, dict[str, Any]]:
        data = self._document.data
        if data is None:
            return {}
        if not isinstance(data, dict):
            raise NotUsable(self._finding((), f"has sections: {', '.join(SECTIONS)}"))
        findings = []
        for name, section in data.items():
            if name in NAMES or name in RENAMED:
                findings.append(
                    self._finding((name,), f"`{name}` stands in a section: {', '.join(SECTIONS)}")
                )
            elif name not in SECTIONS:
                close = closest(str(name), SECTIONS)
                advice = f"Did you mean `{close}`?" if close else "The stages on AWS are dev and prod."
                there_are = f"`{name}` is no section: {', '.join(SECTIONS)}"
                findings.append(self._finding((name,), there_are, advice))
            elif section is not None and not isinstance(section, dict):
                findings.append(self._finding((name,), f"`{name}` has settings below it, `name: value`"))
            elif section is not None and "stage" in section:
                findings.append(self._finding((name, "stage"), f"`stage` is no setting; it is `{name}` here"))
        if findings:
            raise NotUsable(*findings)
        return {name: section or {} for name, section in data.items()}

    def _finding(self, path: Path, message: str, advice: str = f"See {EXAMPLE}.") -> Finding:
        return Finding(Place(self.name, self._document.line(path)), "schema", "error", message, advice)
