"""mParticle's event types: which of ours each becomes, and what those are called that have no name of their own.

https://docs.mparticle.com/developers/apis/json-reference/#event-types
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

TRACKS: dict[str, str] = {
    "session_start": "Session Start",
    "session_end": "Session End",
    "crash_report": "App Crashed",
    "first_run": "App Installed",
    "application_state_transition": "App State Changed",
    "push_message": "Push Message",
    "push_reaction": "Push Reaction",
    "network_performance": "Network Performance",
    "breadcrumb": "Breadcrumb",
    "profile": "Profile Changed",
    "pre_attribution": "Pre-Attribution",
    "uninstall": "App Uninstalled",
}
"""Types that become a `track` of this name. A session's ends are not called like ours (`Session Started`), which are
derived for every client and would be counted twice."""


class Finer(NamedTuple):
    """A type that says in `field` what happened more exactly than its own name."""

    field: str
    names: dict[str, str]


FINER: dict[str, Finer] = {
    "application_state_transition": Finer("application_transition_type", {
        "application_initialized": "App Launched",
        "application_exit": "App Closed",
        "application_background": "App Backgrounded",
        "application_foreground": "App Foregrounded",
    }),
    "push_message": Finer("push_message_type", {
        "sent": "Push Sent",
        "received": "Push Received",
        "action": "Push Opened",
    }),
    "profile": Finer("profile_event_type", {
        "signup": "Registration",
        "login": "Login",
        "logout": "Logout",
        "update": "Profile Updated",
        "delete": "Profile Deleted",
    }),
}  # fmt: skip
"""Registration and Login are the e-commerce catalogue's."""

CUSTOM, SCREEN, COMMERCE = "custom_event", "screen_view", "commerce_event"

OF_THE_PERSON = frozenset({"push_registration", "opt_out", "user_attribute_change", "user_identity_change"})
"""Types that become an `identify`: they change what is known of the person, and no tracking plan has a say in that."""

TYPES = frozenset({*TRACKS, *OF_THE_PERSON, CUSTOM, SCREEN, COMMERCE})

COMMON = frozenset({
    "timestamp_unixtime_ms", "event_id", "source_message_id", "session_id", "session_uuid", "custom_attributes",
    "location", "page_url",
})  # fmt: skip
"""Fields that any event may have and that have a place of their own in ours."""

KEPT = frozenset({
    "session_start_unixtime_ms", "event_start_unixtime_ms", "custom_flags", "device_current_state", "is_goal_defined",
    "lifetime_value_change", "lifetime_value_attribute_name", "data_connection_type", "event_num", "view_controller",
    "is_main_thread", "canonical_name", "event_system_notification_info", "active_time_on_site_ms", "media_info",
})  # fmt: skip
"""Fields that any event may have and that say nothing of what happened: kept in the context as they came."""


def name_of(type_: str, data: Mapping[str, object]) -> str:
    """What a type of `TRACKS` is called."""
    finer = FINER.get(type_)
    said = data.get(finer.field) if finer is not None else None
    if finer is not None and isinstance(said, str):
        return finer.names.get(said.lower(), TRACKS[type_])
    return TRACKS[type_]
