"""Headrace's own events (`type: system`). Campaigns and conditions may name them without a definition in the plan.

`docs/events.md` lists them with these descriptions. They are in `shared` and not in the stages that make them, because
`authoring` may not import the stages.
"""

from __future__ import annotations

from shared.messaging.channels import CHANNELS, listed
from shared.workspace.model import EventDefinition, PropertyDefinition, PropertyType

NOTIFICATION_SENT = "Notification Sent"

Said = tuple[PropertyType, str]
"""A property's type and meaning."""


def _defined(name: str, description: str, **properties: Said) -> EventDefinition:
    return EventDefinition(
        id=name,
        name=name,
        description=description,
        properties={
            key: PropertyDefinition(type=kind, description=meaning)
            for key, (kind, meaning) in properties.items()
        },
    )


OWN_EVENTS: dict[str, EventDefinition] = {
    definition.id: definition
    for definition in (
        _defined(
            "Session Started",
            "At a person's first event, and at the first one after a pause of `session_idle_seconds` "
            "(default: 30 minutes).",
            session_id=("string", "The session's id, which `Session Concluded` has too"),
        ),
        _defined(
            "Session Concluded",
            "When `session_idle_seconds` have passed since a session's last event. It has that time, and is made by "
            "the next event or by a timer within about a minute.",
            session_id=("string", "The session's id, which `Session Started` had too"),
            session_length=("number", "The time from its first event to its last, in seconds"),
            events=("integer", "How many events it had"),
            started_at=("datetime", "When its first event happened"),
        ),
        _defined(
            "App Version Changed",
            "At an event whose app (`context.app`) has another version than before on that device. "
            "Not at the first event.",
            app=("string", "The app's namespace, or its name if it has none"),
            version=("string", "The version it has now"),
            previous_version=("string", "The version it had before"),
        ),
        _defined(
            "UTM Visited",
            "At an event whose page was opened by a marketing link (`context.campaign`): once for each link and visit.",
            utm_source=("string", "Who sent the visitor, such as newsletter"),
            utm_medium=("string", "The medium, such as email or cpc"),
            utm_campaign=("string", "The campaign's name"),
            utm_term=("string", "The words that were searched for"),
            utm_content=("string", "The link, if there are several"),
            utm_id=("string", "The campaign's id"),
        ),
        _defined(
            "Profile Merged",
            "When two people who both had a profile become one: a known visitor logs in, or an alias joins two users.",
            person=("string", "The key of the person who stays, such as user:u1"),
            merged_person=("string", "The key of the one who joined, such as anonymous:a1"),
        ),
        _defined(
            NOTIFICATION_SENT,
            "When a provider has accepted a message. It is not known whether the message arrived.",
            message=("string", "The message's id, as `headrace messages` has it"),
            campaign=("string", "The id of its campaign"),
            channel=("string", listed([*CHANNELS])),
        ),
        _defined(
            "Push Token Invalid",
            "When a push provider has refused a device's token for good. Nothing more is sent to it.",
            platform=("string", "ios or android"),
            device=("string", "The device's id"),
            token=("string", "The token itself"),
        ),
    )
}
