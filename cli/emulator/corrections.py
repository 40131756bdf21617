"""Where the emulator's answers differ from AWS's, corrected in its process before it starts.

Each correction wraps one function of the pinned version by name; a version that renames it fails at start.
"""

from __future__ import annotations

from ministack.services import eventbridge, scheduler, ses, sqs

from cli.emulator import gateways, pollers, worker_output
from cli.emulator.athena_text import write_as_athena_does
from cli.emulator.parquet import convert_at_once

MINUTE_ON_THE_LAPTOP = 5
"""Seconds between two falls of a schedule of one minute: nobody wants to watch a demonstration for a minute."""


def apply() -> None:
    """All of them, once per process."""
    gateways.correct()
    _hasten_schedules()
    convert_at_once()
    write_as_athena_does()
    pollers.correct()
    worker_output.correct()
    _send_from_anybody()
    keep_addresses_of_queues()


def _send_from_anybody() -> None:
    """The emulator delivers to nobody, and its identities need no DNS: a verified sender would prove nothing. What is
    missing on AWS is said there, by apply and the doctor."""
    if not callable(ses._identity_verified):
        raise TypeError("the emulator looks at senders in another way")
    ses._identity_verified = lambda _address, **_how: True


def keep_addresses_of_queues() -> None:
    """A queue keeps its URL when AWS's APIs are at another port than when it was made. Lambda's poller looks for it by
    the URL that it would have if it were made now, and would find nothing."""
    made_now = sqs._queue_url

    def url_of(name: str) -> str:
        return str(sqs._queue_name_to_url.get(name) or made_now(name))

    sqs._queue_url = url_of


def _hasten_schedules() -> None:
    """`rate(1 minute)` falls every few seconds, and the clock is looked at every second instead of every ten."""
    seconds_of = eventbridge._parse_rate_seconds

    def hastened_seconds_of(expression: str) -> int | None:
        return MINUTE_ON_THE_LAPTOP if expression == "rate(1 minute)" else seconds_of(expression)

    eventbridge._parse_rate_seconds = hastened_seconds_of
    eventbridge._SCHEDULER_TICK_INTERVAL = 1
    scheduler._SCHEDULE_TICK_INTERVAL = 1
