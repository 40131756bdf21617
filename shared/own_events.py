"""The events we make ourselves (`type: system`): what campaigns and conditions may name without a plan's definition."""

from __future__ import annotations

from shared.workspace import EventDefinition, PropertyDefinition, PropertyType

NOTIFICATION_SENT = "Notification Sent"


def _defined(name: str, description: str, **properties: PropertyType) -> EventDefinition:
    return EventDefinition(
        id=name,
        name=name,
        description=description,
        properties={key: PropertyDefinition(type=kind) for key, kind in properties.items()},
    )


OWN_EVENTS: dict[str, EventDefinition] = {
    definition.id: definition
    for definition in (
        _defined("Session Started", "A person is active again after a pause.", session_id="string"),
        _defined(
            "Session Concluded",
            "A session ended; its length is seconds.",
            session_id="string",
            session_length="number",
            events="integer",
            started_at="datetime",
        ),
        _defined(
            "App Version Changed",
            "An app on one of the person's devices was updated.",
            app="string",
            version="string",
            previous_version="string",
        ),
        _defined(
            "UTM Visited",
            "A person came by a marketing link.",
            utm_source="string",
            utm_medium="string",
            utm_campaign="string",
            utm_term="string",
            utm_content="string",
            utm_id="string",
        ),
        _defined(
            NOTIFICATION_SENT,
            "A message left for its provider.",
            message="string",
            campaign="string",
            channel="string",
        ),
        _defined(
            "Push Token Invalid",
            "A device's push token was refused for good.",
            platform="string",
            device="string",
            token="string",  # noqa: S106  a type
        ),
    )
}
