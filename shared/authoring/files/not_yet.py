"""Keys that people write in a campaign because others have them, and what Headrace has in their place."""

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
"""By key, why it is not known."""

AFTER_A_SESSION = (
    f"`event: Session Concluded` comes half an hour after a person's last event: see {TIME_PAGE}."
)

ADVICE = {DELAY: AFTER_A_SESSION, SCHEDULE: AFTER_A_SESSION}


def of_campaign(path: Path) -> tuple[str, str] | None:
    """What to say of an unknown key at this path, and what to do; None where it is none of these."""
    if len(path) != 3 or path[0] != "campaigns":
        return None
    why = NOT_YET.get(str(path[-1]).lower())
    return (why, ADVICE.get(why, f"See {TIME_PAGE}.")) if why is not None else None
