"""The events that a campaign can wait for without a definition of one's own: the ready catalogues', and Headrace's own.

`python -m shared.authoring.checks.ready_events > docs/events.md` writes the page that lists them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import get_args

from shared.authoring import catalogues
from shared.authoring.files.models.plan import CatalogueName, EventFile
from shared.events import HEADRACE
from shared.own_events import OWN_EVENTS
from shared.plan.errors import rule
from shared.workspace.model import EventDefinition, PropertyDefinition

CATALOGUES: tuple[CatalogueName, ...] = get_args(CatalogueName)

OWN = HEADRACE
"""What the list of own events is called among the catalogues."""

NAMES: tuple[str, ...] = (*CATALOGUES, OWN)

HEAD = f"""\
# Ready events

<!-- Written by `make events` out of shared/catalogues and shared/own_events.py. -->

A campaign can wait for any of these by its name. `headrace catalogue` lists them in a terminal, and
`headrace catalogue {CATALOGUES[0]}` one catalogue.

**Headrace's own events** need no definition: Headrace derives them from what a person does and which messages they get.
They are on the timeline and in the lake like all others, with the source `{HEADRACE}`. Conditions and templates use
their properties in the same way.

**The ready catalogues** define events for your clients to send. `catalogues: [{CATALOGUES[0]}]` in `plan.yaml` works as
if you had defined these events yourself. If you also define one of them, your definition replaces the catalogue's
entirely. If several catalogues have an event, it gets the properties of all. Required properties say so.
"""


def events(name: str) -> Mapping[str, EventDefinition | EventFile]:
    """The definitions of a catalogue, or of own events, by the event's id. Raises KeyError for a name that is not in
    `NAMES`."""
    if name == OWN:
        return OWN_EVENTS
    for one in CATALOGUES:
        if one == name:
            return catalogues.events(catalogues.catalogue(one))
    raise KeyError(name)


def value(of: PropertyDefinition) -> str:
    """What the property may be: `a number, at least 0`."""
    return rule(of) + (", required" if of.required else "") + (", personal" if of.personal else "")


def page() -> str:
    """The text of docs/events.md: a section for Headrace's own events, then one for each catalogue."""
    return "\n".join(
        [HEAD, *_section(OWN, "Headrace's own"), *(line for one in CATALOGUES for line in _section(one, one))]
    )


def _section(name: str, title: str) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    for event_id, event in events(name).items():
        yield f"### {event_id}"
        yield ""
        yield event.description.rstrip(".") + "."
        yield ""
        if not event.properties:
            continue
        yield "| property | value | meaning |"
        yield "|---|---|---|"
        for property_name, one in event.properties.items():
            yield f"| `{property_name}` | {_cell(value(one))} | {_cell(one.description)} |"
        yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
