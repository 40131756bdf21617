"""What a template makes of sample values or of a real person's, or why no message would come of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cli.messages.content import user_id_of, values_for
from cli.messages.template_choice import Chosen
from cli.problem import Problem
from cli.stacks import Stack
from shared.authoring.checks.event_properties import Unknown, unknown_properties, without
from shared.authoring.checks.rendering import working_values
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.timeline import DynamoTimeline
from shared.fold.profile import Profile
from shared.people.timeline import TimelineEvent
from shared.stored import people
from shared.stored.timelines import latest
from shared.templates import render
from shared.templates.render import TemplateFailed, TemplateValueMissing

MOST_EVENTS = 1000
"""Of a person's latest, among which the event is looked for."""


class Somebody(NamedTuple):
    """A real person, as they were typed, and their latest events, oldest first."""

    typed: str
    profile: Profile
    events: Sequence[TimelineEvent]

    @classmethod
    def of(cls, typed: str, stack: Stack) -> Somebody:
        """Raises Problem."""
        profile = people.find(DynamoProfiles(stack["ProfilesTable"]), typed)
        if profile is None:
            raise Problem(
                f"Nobody is known as “{typed}”", "headrace profile finds people by any of their ids."
            )
        table = DynamoTimeline(stack["TimelineTable"])
        return cls(typed, profile, latest(table, profile, (), MOST_EVENTS, datetime.now(UTC)))

    def latest(self, event: str) -> TimelineEvent | None:
        return next((one for one in reversed(self.events) if one.name == event), None)


class Preview(NamedTuple):
    """`parts` are rendered, or None when that fails: then `failure` says why. `values` says of what it was made,
    `notes` what the plan or the event lacks."""

    template: str
    channel: str
    event: str
    values: str
    parts: dict[str, str] | None
    failure: str | None
    notes: list[str]


def preview_of(one: Chosen, somebody: Somebody | None) -> Preview:
    """Nothing is made up that the event does not have."""
    if one.problem is not None:
        return _failing(one, "", one.problem)
    unknown = unknown_properties(one.template, one.definition)
    values, note = _values(one, somebody, unknown)
    if isinstance(values, TemplateFailed):
        return _failing(one, note, f"{note}: {values}")
    lacking = [name for name in unknown if name.name not in values["properties"]]
    try:
        parts = render.render(one.template, values)
    except TemplateFailed as failed:
        return _failing(one, note, _why(failed, lacking) or f"{note}: {failed}")
    notes = [*one.notes, *map(str, lacking)]
    return Preview(one.template.id, one.template.channel, one.event, note, parts, None, notes)


def _failing(one: Chosen, values: str, why: str) -> Preview:
    return Preview(one.template.id, one.template.channel, one.event, values, None, why, list(one.notes))


def _why(failed: TemplateFailed, lacking: Sequence[Unknown]) -> str | None:
    """What the event does not have, if that is the reason."""
    if not isinstance(failed, TemplateValueMissing):
        return None
    return next((f"{failed.part}: {one}" for one in lacking if one.use.lacks(failed.name)), None)


def _values(
    one: Chosen, somebody: Somebody | None, unknown: Sequence[Unknown]
) -> tuple[dict[str, Any] | TemplateFailed, str]:
    """A person's traits, and their latest event of that name; sample values where there is none."""
    latest = somebody.latest(one.event) if somebody is not None else None
    if somebody is not None and latest is not None:
        return values_for(latest, somebody.profile), f"with {somebody.typed}'s traits and latest {one.event}"
    samples = working_values(one.template, one.definition)
    if isinstance(samples, TemplateFailed):
        return samples, "with sample values"
    samples = without(samples, unknown)
    if somebody is None:
        return samples, "with sample values"
    real = render.person_variables(somebody.profile.states.traits.values, user_id_of(somebody.profile))
    return {**samples, **real}, f"with {somebody.typed}'s traits and a sample event"
