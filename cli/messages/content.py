"""What a message said: as the emulator keeps it, or rendered again, for no stack stores what it sent.

Rendered again, it is the template of the workspace that was in force then, with the event as the timeline has it and
the person as they are now: what changed since is not what was sent, so that `origin` and `note` say which it is. So is
shown what a message that was never sent would have said.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from cli.laptop import inspection
from cli.stacks import Stack
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.timeline import DynamoTimeline
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.events import Event
from shared.failures import UnreadableWorkspace
from shared.fold.profile import Profile
from shared.identity import kind_of, value_of
from shared.messaging.message_log import LoggedMessage
from shared.messaging.messages import Status
from shared.people.timeline import TimelineEvent
from shared.stored import people
from shared.stored.timelines import recent
from shared.templates import render
from shared.workspace.model import Template, Workspace

AS_SENT, AGAIN = "as_sent", "rendered_again"

LONGEST_WAY = timedelta(days=8)
"""From an event's arrival to its message's request: the stream keeps a record for at most a week. What follows from a
timer is requested at its instant, and arrives on the timeline when the timer is folded, later."""


class Content(NamedTuple):
    """`parts` are the template's, rendered; None when that is not possible, and `note` says why. `sender` is who an
    email or an SMS comes from, as the receiver sees it; None where the workspace names nobody."""

    parts: dict[str, str] | None
    origin: str
    note: str
    workspace_version: int | None = None
    sender: str | None = None


def content_of(message: LoggedMessage, stack: Stack) -> Content:
    """Raises Unavailable."""
    kept = _kept_by_the_emulator(message, stack)
    content = kept if kept is not None else _rendered_again(message, stack)
    return content._replace(sender=_sender(message, stack))


def values_for(event: TimelineEvent, person: Profile) -> dict[str, Any]:
    """What a template can use, of an event on the timeline."""
    whole = Event(**event.model_dump(), anonymous_id="-", protocol="headrace")
    return render.variables(whole, person.states.traits.values, user_id_of(person))


def user_id_of(person: Profile) -> str | None:
    return value_of(person.key) if kind_of(person.key) == "user" else None


def _sender(message: LoggedMessage, stack: Stack) -> str | None:
    """By the settings in force when the message was last handled."""
    workspace = _workspace_of(message, stack)[1]
    if workspace is None:
        return None
    match message.channel:
        case "email":
            return workspace.settings.email.sender
        case "sms":
            sms = workspace.settings.sms
            return " or ".join(filter(None, (sms.sender_number, sms.sender_id))) or None
    return None


def _kept_by_the_emulator(message: LoggedMessage, stack: Stack) -> Content | None:
    gateway_url = os.environ.get("AWS_ENDPOINT_URL") if stack.stage == "local" else None
    if gateway_url is None or message.provider_id is None:
        return None
    parts = inspection.parts_of(gateway_url, message.channel, message.provider_id)
    return (
        Content(parts, AS_SENT, "This is the message as it was sent. The emulator keeps it until it stops.")
        if parts
        else None
    )


def _rendered_again(message: LoggedMessage, stack: Stack) -> Content:
    version, template, why = _template(message, stack)
    if template is None:
        return Content(None, AGAIN, why, version)
    person = people.known_by(DynamoProfiles(stack["ProfilesTable"]), (message.person,))
    if person is None:
        return Content(None, AGAIN, "Its person no longer exists.", version)
    event = _event_of(message, person, stack)
    if event is None:
        return Content(None, AGAIN, "Its event is not on the person's timeline, or no longer.", version)
    try:
        parts = render.render(template, values_for(event, person))
    except render.TemplateFailed as failed:
        return Content(None, AGAIN, f"It cannot be rendered: {failed}", version)
    note = (
        f"{_standing(message, is_local=stack.stage == 'local')} This is what the template of workspace version "
        f"{version} makes of its event, and of the person as they are now."
    )
    return Content(parts, AGAIN, note, version)


def _event_of(message: LoggedMessage, person: Profile, stack: Stack) -> TimelineEvent | None:
    wanted = message.event_id, message.event_name
    of_profile = recent(person, datetime.now(UTC))
    if found := [event for event in of_profile if (event.id, event.name) == wanted]:
        return found[-1]
    return DynamoTimeline(stack["TimelineTable"]).find(
        people.keys_of(person),
        *wanted,
        since=message.requested_at - LONGEST_WAY,
        until=message.requested_at + LONGEST_WAY,
    )


def _standing(message: LoggedMessage, *, is_local: bool) -> str:
    """Why there is nothing that could be shown as it was sent."""
    match message.status:
        case Status.REQUESTED | Status.WAITING:
            return "It is not sent yet."
        case Status.SKIPPED | Status.EXPIRED:
            return "It was not sent."
        case Status.UNCERTAIN:
            return "It is unknown whether it was sent."
        case Status.FAILED:
            return "It did not reach the person."
        case _ if is_local and message.channel in inspection.KEPT:
            return "It was sent. The emulator forgot its text when it stopped."
    return "It was sent, but its text is not stored."


def _template(message: LoggedMessage, stack: Stack) -> tuple[int | None, Template | None, str]:
    """Of the workspace in force when the message was last handled, and why there is none."""
    version, workspace, why = _workspace_of(message, stack)
    if workspace is None:
        return version, None, why
    campaign = workspace.campaign_by_id.get(message.campaign)
    if campaign is None:
        return version, None, f"Workspace version {version} had no campaign {message.campaign}."
    template = workspace.template_by_id.get(campaign.template)
    return version, template, "" if template else f"Workspace version {version} had no {campaign.template}."


def _workspace_of(message: LoggedMessage, stack: Stack) -> tuple[int | None, Workspace | None, str]:
    """In force when the message was last handled, and why there is none."""
    workspaces = DynamoWorkspaces(table=stack["WorkspaceTable"], bucket=stack["WorkspaceBucket"])
    version = workspaces.version_at(message.updated_at)
    if version is None:
        return None, None, "No workspace had been applied at that time."
    try:
        return version, workspaces.load(version), ""
    except UnreadableWorkspace as error:
        return version, None, f"The workspace of that time cannot be read: {error}"
