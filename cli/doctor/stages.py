"""An event through every stage: to the profile, to a message, to a row of the lake, and out of the view."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from cli.doctor.bodies import event_of, is_accepted, not_accepted, send
from cli.doctor.examination import EVENT, TEXT, Examination, Probe
from cli.doctor.finding import Finding, Part, attention, broken, ok
from cli.lake.queries import literal
from cli.waiting import until
from shared.aws.streams.stream_states import delivery_state
from shared.doctor import CAMPAIGN, MAILBOX, MESSAGE_ASKED, PERSON
from shared.events import DOCTOR, Event
from shared.messaging.message_log import LoggedMessage
from shared.messaging.messages import Status, Why, message_id

LATE_SECONDS = 60
"""The alarm on the stream's lag begins here too: later, a message misses its moment."""

MESSAGE_SECONDS = 60
SETTLED = frozenset(
    {Status.SENT, Status.DELIVERED, Status.FAILED, Status.SKIPPED, Status.EXPIRED, Status.UNCERTAIN}
)

GRACE = timedelta(seconds=45)
"""Beyond what Firehose gathers, for `archive`'s own window and the conversion."""

MOST_GATHERED = timedelta(seconds=900)
"""The longest that Firehose gathers."""

LOOKS_APART = 20.0
"""Seconds between two queries: each reads at least 10 MB as Athena counts."""


def probes(*, with_message: bool) -> list[Probe]:
    found = [Probe("profile", profile, 150)]
    if with_message:
        found.append(Probe("message", message, 210))
    most = (MOST_GATHERED + 2 * GRACE).total_seconds()
    return [*found, Probe("row in the lake", row, most), Probe("view events", view, 60)]


def profile(examination: Examination) -> Finding:
    """What a track and an identify make of a person."""
    began = examination.clock()
    event, reply = send(
        examination,
        {**event_of("identify", traits={"doctor_run": examination.run}), "type": "identify"},
        event_of(properties={"run": examination.run, "text": TEXT}),
    )
    if not is_accepted(reply):
        return not_accepted(examination, reply)
    if stopped := examination.unfollowed("accepted", Part.PROCESS):
        return stopped
    found = examination.arrivals.wait_for(event, examination.patience)
    seconds = examination.clock() - began
    if found is None:
        return broken(
            f"an accepted event is not in its person's profile after {examination.patience:g} s",
            "The rows `consumers` and `stream lag` show whether the stream is read at all; "
            "`headrace logs process` shows what failed.",
        )
    person = examination.person()
    counter = person.states.counters.events.get(EVENT) if person is not None else None
    if person is None or counter is None or counter.last < found.occurred_at:
        return broken(
            "the event is on the timeline, but its person's profile does not count it",
            "The profile was removed in the meantime, or restored from a backup: run it again.",
        )
    if seconds > LATE_SECONDS:
        return attention(f"there after {seconds:.0f} s", "The row `stream lag` says what to do.")
    return ok(f"an event is in its person's profile after {seconds:.1f} s")


def message(examination: Examination) -> Finding:
    """One email of the doctor's own campaign, to SES's mailbox simulator."""
    if examination.workspace.settings.email.sender is None:
        if examination.uses("email"):
            return broken(
                "campaigns send email, and there is no sender",
                "Set `settings.email.sender` in workspace.yaml and apply it.",
            )
        return ok("not tried: the workspace has no sender of email")
    asking = event_of(MESSAGE_ASKED, properties={"run": examination.run})
    person = {**event_of("identify", traits={"email": MAILBOX}), "type": "identify"}
    event, reply = send(examination, person, asking)
    if not is_accepted(reply):
        return not_accepted(examination, reply)
    if stopped := examination.unfollowed("accepted", Part.PROCESS, Part.EMAIL):
        return stopped
    now = datetime.now(UTC)
    named = Event(
        id=event, type="track", name=MESSAGE_ASKED, user_id=PERSON, source=DOCTOR, protocol=DOCTOR,
        occurred_at=now, received_at=now,
    )  # fmt: skip
    id_ = message_id(CAMPAIGN.id, named)
    found = until(
        lambda: examination.messages.find(id_),
        lambda one: one is not None and one.status in SETTLED,
        examination.patience + MESSAGE_SECONDS,
        pause=1.0 if not examination.is_local else 0.25,
    )
    return _became(found)


def _became(found: LoggedMessage | None) -> Finding:
    if found is None:
        return broken(
            "no function received the request for the message",
            "The rows `rules`, `consumers` and `dead letters` show where it is; `headrace logs process` and "
            "`headrace logs send-email` say what failed.",
        )
    if found.status in (Status.SENT, Status.DELIVERED):
        return ok(f"sent to {found.to}")
    said = f"{found.status}: {found.reason or 'no reason yet'}" + (
        f" ({found.detail})" if found.detail else ""
    )
    if found.status in (Status.WAITING, Status.REQUESTED):
        if found.reason is Why.RATE_LIMITED:
            return attention(said, "The account's rate of SES is used up: wait, or ask AWS for a higher one.")
        return attention(said, f"It may still go: `headrace messages --user {PERSON}` shows it.")
    return broken(
        said,
        "The rows `email identity` and `email account` say what SES lacks, `headrace logs send-email` what it said.",
    )


def row(examination: Examination) -> Finding:
    """A row of the lake's table, when Firehose has written it."""
    began = examination.clock()
    event, reply = send(examination, event_of(properties={"run": examination.run, "text": TEXT}))
    if not is_accepted(reply):
        return not_accepted(examination, reply)
    if stopped := examination.unfollowed("accepted", Part.PROCESS, Part.ARCHIVE, Part.DELIVERY):
        return stopped
    gathers = delivery_state(examination.stack["DeliveryStream"]).gathers
    if not examination.is_local:
        time.sleep(gathers.total_seconds())
    sql = f"{_counting('events_raw')} and event_id = {literal(event)}"
    grace = examination.patience if examination.is_local else 2 * GRACE.total_seconds()
    found = until(
        lambda: _count(examination, sql),
        lambda rows: rows > 0,
        grace,
        pause=0.5 if examination.is_local else LOOKS_APART,
    )
    seconds = examination.clock() - began
    if not found:
        return broken(
            f"no row after {seconds:.0f} s",
            "`headrace logs archive` shows what it delivered; rows that Firehose could not convert are in the lake's "
            "bucket under errors/.",
        )
    return ok(f"there after {seconds:.1f} s")


def view(examination: Examination) -> Finding:
    """That the view answers, and leaves the doctor's events out."""
    shown = _count(examination, _counting("events"))
    if shown:
        return broken(
            f"it shows {shown} of the doctor's events",
            "The view is older than the code: `headrace deploy` creates it again.",
        )
    return ok("it works, and leaves out the doctor's events")


def _count(examination: Examination, sql: str) -> int:
    return int(str(examination.ask(sql).rows[0][0]))


def _counting(table: str) -> str:
    """How many of the doctor's events there are since yesterday (UTC)."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    return f"select count(*) as found from {table} where dt >= {literal(yesterday)} and source = {literal(DOCTOR)}"  # noqa: S608 - none of it comes from outside
