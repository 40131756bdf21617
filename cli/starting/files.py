"""The files of a new workspace, by their path."""

from __future__ import annotations

import os
from pathlib import Path

from cli.checkout import ROOT
from cli.starting.campaign_texts import campaigns, starters, templates, welcome_html
from cli.starting.choices import Choices
from cli.starting.industries.industry import OwnEvent
from cli.starting.receivers import secrets_to_set
from cli.starting.workspace_texts import SCORES, plan, sources, workspace


def files(choices: Choices, directory: Path) -> dict[str, str]:
    """The text of each file, by its path within `directory`, which is only named in them and not touched."""
    written = {
        "workspace.yaml": workspace(choices),
        "sources.yaml": sources(choices),
        "plan/plan.yaml": plan(choices),
        "campaigns/campaigns.yaml": campaigns(choices),
        "templates/templates.yaml": templates(choices),
    }
    if "email" in choices.channels:
        written["templates/welcome.html.liquid"] = welcome_html(choices)
    headed = {path: _for_editors(directory / path) + text for path, text in written.items()}
    return {"README.md": _readme(choices, directory), **headed}


def example_event(own: OwnEvent, score: int) -> str:
    """The command's words for the event of one's own."""
    return f'"{own.id}" --user u1 -p {own.subject}=i1 -p {own.score}={score}'


def _for_editors(file: Path) -> str:
    """The first line by which an editor completes and checks, inside of the checkout that has the schemas."""
    if file.suffix != ".yaml" or not file.resolve().is_relative_to(ROOT):
        return ""
    schema = ROOT / "docs" / "schemas" / f"{file.stem}.json"
    return f"# yaml-language-server: $schema={os.path.relpath(schema, file.resolve().parent)}\n"


def _readme(choices: Choices, directory: Path) -> str:
    own = choices.industry.own_event
    _, most = SCORES[own.score]
    welcome = choices.industry.welcome
    set_secrets = "".join(f"{command}\n" for command in secrets_to_set(choices))
    return f"""\
# {choices.name}

A workspace of Headrace: what may be sent, by whom, and which messages follow.

| file | what is in it |
|---|---|
| `workspace.yaml` | its name and settings |
| `sources.yaml` | who may send: {", ".join(choices.sources)} |
| `plan/` | the ready catalogue `{choices.industry.catalogue}`, and your own events |
| `campaigns/` | which event sends which message: {", ".join(starters(choices)[one].id for one in choices.channels)} |
| `templates/` | what those messages say |

```
headrace lint {directory}
headrace apply {directory}
{set_secrets}headrace keys
headrace send "{welcome}" --user u1 -t email=you@example.com -t first_name=Ann
headrace messages
```

`headrace send {example_event(own, most)}` is accepted; with {most + 1} it is refused, and
`headrace rejected list` says why. Email goes to everybody who did not object; SMS and push only to people who agreed
(`-t 'consents={{"sms": true}}'`).
"""
