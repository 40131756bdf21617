"""What templates use of an event that its definition does not have: a misspelt name, as a rule.

An error where no source may send such a property and there is no default: every message would fail. Else a warning:
a source that is not strict may send what nobody defined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from shared.authoring.checks.rendering import working_values
from shared.authoring.checks.sendings import Sending, sendings
from shared.authoring.checks.template_texts import inside_text
from shared.authoring.compiling import Compiled
from shared.authoring.findings import Finding
from shared.own_events import OWN_EVENTS
from shared.templates import render
from shared.templates.render import TemplateFailed, TemplateValueMissing, Use
from shared.text.spelling import closest
from shared.workspace.model import EventDefinition, Template

NEVER_CHECKED = frozenset({"identify", "group", "alias"})
"""Types whose properties no policy checks."""


MOST_LISTED = 10


class Unknown(NamedTuple):
    """A property that a template uses and its event does not have. `use` is the first; `meant` is the event's property
    of nearly that name."""

    name: str
    use: Use
    event: str
    meant: str | None
    known: tuple[str, ...]

    def __str__(self) -> str:
        has = f"it has {self.listed}" if self.known else "it has none"
        return f"`{self.event}` has no property `{self.name}`; " + (
            f"did you mean `{self.meant}`?" if self.meant else has
        )

    @property
    def listed(self) -> str:
        """The first of what the event has."""
        more = ", …" if len(self.known) > MOST_LISTED else ""
        return ", ".join(f"`{name}`" for name in self.known[:MOST_LISTED]) + more


def check(compiled: Compiled) -> Iterator[Finding]:
    """Properties that a template uses and its event does not have."""
    known = _by_template(compiled)
    for sending in sendings(compiled):
        definition = sending.definition
        found = unknown_properties(sending.template, definition)
        if definition is None or not found:
            continue
        needed = needed_of(found, sending.template, definition)
        for one in found:
            if one.name in needed or one.name not in known[sending.template.id]:
                yield _finding(one, sending, compiled, is_needed=one.name in needed)


def unknown_properties(template: Template, definition: EventDefinition | None) -> list[Unknown]:
    """In the order of their use. None for an event without a definition: any property may be there."""
    if definition is None:
        return []
    first: dict[str, Use] = {}
    for use in render.uses(template):
        if use.path[0] == "properties" and len(use.path) > 1 and isinstance(use.path[1], str):
            first.setdefault(use.path[1], use)
    return [
        Unknown(name, use, definition.id, closest(name, definition.properties), tuple(definition.properties))
        for name, use in first.items()
        if name not in definition.properties
    ]


def without(values: Mapping[str, Any], unknown: Iterable[Unknown]) -> dict[str, Any]:
    """A template's values (`sample_values`) without the unknown properties, as such an event has them."""
    names = {one.name for one in unknown}
    had = {name: value for name, value in values["properties"].items() if name not in names}
    return {**values, "properties": had}


def needed_of(unknown: list[Unknown], template: Template, definition: EventDefinition) -> set[str]:
    """The names of those without which the template fails: it has no default for them and does not ask whether they are
    there."""
    whole = working_values(template, definition)
    if isinstance(whole, TemplateFailed):
        return set()
    needed: set[str] = set()
    for _ in unknown:
        lacking = [one for one in unknown if one.name not in needed]
        try:
            render.render(template, without(whole, lacking))
        except TemplateValueMissing as missing:
            needed |= {one.name for one in lacking if _is_of(missing.name, one, template)}
        except TemplateFailed:
            break
    return needed


def _is_of(missing: str, unknown: Unknown, template: Template) -> bool:
    return any(
        use.lacks(missing) and use.path[:2] == ("properties", unknown.name) for use in render.uses(template)
    )


def _by_template(compiled: Compiled) -> dict[str, set[str]]:
    """The properties of all events each template is sent for: what it asks for may be for another of them."""
    found: dict[str, set[str]] = {}
    for one in sendings(compiled):
        known = found.setdefault(one.template.id, set())
        known |= set(one.definition.properties) if one.definition is not None else set()
    return found


def _finding(one: Unknown, sending: Sending, compiled: Compiled, *, is_needed: bool) -> Finding:
    template, campaign = sending.template, sending.campaign
    assert campaign is not None  # noqa: S101  a sending with a definition has one
    never_comes = not may_have_others(one.event, compiled)
    follows = ""
    if is_needed:
        follows = (
            ": every message fails" if never_comes else ": without it, and without a default, nothing is sent"
        )
    message = (
        f"template `{template.id}` of campaign `{campaign.id}` uses `{one.use.name}`, "
        f"which `{one.event}` does not have{follows}"
    )
    advice = f"Define it in plan/, or do not use it for `{one.event}`" + (
        f", which has {one.listed}." if one.known else "."
    )
    if one.meant:
        advice = f"Did you mean `properties.{one.meant}`?"
    return Finding(
        inside_text(template, one.use.part, one.use.line, compiled),
        "unknown-property",
        "error" if is_needed and never_comes else "warning",
        message,
        advice,
        (compiled.place("campaigns", campaign.id, "template"),),
    )


def may_have_others(event: str, compiled: Compiled) -> bool:
    """Whether such an event may come with properties that its definition does not have."""
    workspace = compiled.workspace
    if event in NEVER_CHECKED or compiled.is_doubtful("sources") or not workspace.sources:
        return True
    if event in OWN_EVENTS and event not in workspace.definition_by_id:
        return False
    return any(source.policy != "strict" or source.may_define for source in workspace.sources)
