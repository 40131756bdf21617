"""`headrace lint`: everything that is wrong in a workspace, and what is unwise in its names.

What cannot work (`references`, `cycles`, `rendering`, `event_properties`) `apply` refuses too. The rest is advice: a
plan may have to describe names that SDKs have sent for years.
"""

from __future__ import annotations

from pathlib import Path as FilePath

from shared.authoring.checks import event_properties, missing_values, references, rendering
from shared.authoring.compiling import Compiled, compile_folder
from shared.authoring.findings import Finding
from shared.authoring.lint import (
    cycles,
    event_names,
    many_campaigns,
    personal_data,
    property_names,
    reachable_webhooks,
)

ADVICE = (
    event_names.check,
    property_names.check,
    personal_data.check,
    reachable_webhooks.check,
    many_campaigns.check,
    missing_values.advice,
)


def checked(directory: FilePath) -> Compiled:
    """The folder compiled, with the findings that make it unfit to be applied, and no others."""
    compiled = compile_folder(directory)
    for check in (references.check, cycles.check, rendering.check, event_properties.check):
        compiled.findings += check(compiled)
    return compiled


def lint(directory: FilePath) -> list[Finding]:
    """Every finding, by file and line."""
    return everything(checked(directory))


def everything(compiled: Compiled) -> list[Finding]:
    """Of a folder that is `checked`: every finding, by file and line."""
    found = [*compiled.findings, *(finding for check in ADVICE for finding in check(compiled))]
    return sorted(dict.fromkeys(found))
