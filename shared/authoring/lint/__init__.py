"""`headrace lint`: everything that is wrong in a workspace, and what is unwise in its names.

What cannot work (`references`, `cycles`) `apply` refuses too. The rest is advice: a plan may have to describe names
that SDKs have sent for years.
"""

from __future__ import annotations

from pathlib import Path as FilePath

from shared.authoring import references
from shared.authoring.compiling import Compiled, compile_folder
from shared.authoring.findings import Finding
from shared.authoring.lint import cycles, event_names, personal_data, property_names

NAMING = (event_names.check, property_names.check, personal_data.check)


def checked(directory: FilePath) -> Compiled:
    """The folder compiled, with the findings that make it unfit to be applied, and no others."""
    compiled = compile_folder(directory)
    if compiled.is_complete:  # else what a broken file defines would be called unknown
        compiled.findings += [*references.check(compiled), *cycles.check(compiled)]
    return compiled


def lint(directory: FilePath) -> list[Finding]:
    """Every finding, by file and line."""
    compiled = checked(directory)
    found = [*compiled.findings, *(finding for check in NAMING for finding in check(compiled))]
    return sorted(dict.fromkeys(found))
