"""Campaign keys that other systems have and Headrace does not have yet, with an alternative."""

from __future__ import annotations

from shared.authoring.findings import Path

TIME_PAGE = "docs/workspace.md#time"

DELAY = "a campaign has no delay yet: its message goes out as soon as its event has come"
SCHEDULE = "a campaign has no schedule yet: its message goes out as soon as its event has come"
SERIES = "a campaign is one message: there are no series yet"
LIMIT = "there is no limit to how many messages a person gets yet"

NOT_YET = {
    "after": DELAY, "after_minutes": DELAY, "delay": DELAY, "delay_hours": DELAY, "delay_minutes": DELAY,
    "delay_seconds": DELAY, "delayed": DELAY, "send_after": DELAY, "sleep": DELAY, "wait": DELAY,
    "wait_for": DELAY, "wait_minutes": DELAY,
    "at": SCHEDULE, "cron": SCHEDULE, "schedule": SCHEDULE, "send_at": SCHEDULE,
    "quiet_hours": SCHEDULE, "quiet_time": SCHEDULE,
    "actions": SERIES, "flow": SERIES, "journey": SERIES, "messages": SERIES, "steps": SERIES, "then": SERIES,
    "cap": LIMIT, "frequency": LIMIT, "frequency_cap": LIMIT, "limit": LIMIT, "max_per_day": LIMIT, "once": LIMIT,
    "once_per_person": LIMIT, "rate_limit": LIMIT, "throttle": LIMIT,
}  # fmt: skip
"""Why the key is not known, by key."""

AFTER_A_SESSION = (
    f"`event: Session Concluded` comes half an hour after a person's last event: see {TIME_PAGE}."
)

ADVICE = {DELAY: AFTER_A_SESSION, SCHEDULE: AFTER_A_SESSION}


def of_campaign(path: Path) -> tuple[str, str] | None:
    """The message and the advice for an unknown key at this path; None if it is not one of these."""
    if len(path) != 3 or path[0] != "campaigns":
        return None
    why = NOT_YET.get(str(path[-1]).lower())
    return (why, ADVICE.get(why, f"See {TIME_PAGE}.")) if why is not None else None
