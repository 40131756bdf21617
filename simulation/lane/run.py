"""A plan in, what followed out. The same plan says the same, on every machine and however it is delivered."""

from __future__ import annotations

from typing import Any, NamedTuple

from shared.own_events import NOTIFICATION_SENT
from shared.plan.reasons import Reason
from simulation.lane.entries import Entry, in_order, of_message, of_own_event
from simulation.lane.plan import Plan
from simulation.lane.recording import Advance, Recorded, RejectedLine, recorded, unseen
from simulation.lane.replaying import Delivery, replayed
from simulation.lane.stages import Stages

PLAINLY = Delivery()


class Simulated(NamedTuple):
    """`put_aside` are records that failed for their content. What was cut off: `circles` because the workspace goes
    round in circles, `too_much` because one event may not cause more."""

    entries: list[Entry]
    rejected: list[RejectedLine]
    put_aside: int
    circles: int
    too_much: int


def simulate(plan: Plan, delivery: Delivery = PLAINLY, advance: Advance = unseen) -> Simulated:
    made = recorded(plan, advance)
    stages = made.stages if delivery.is_plain else replayed(made, delivery, advance)
    return Simulated(
        in_order(_entries(made, stages), plan.until),
        sorted([*made.rejected, *_refused(stages)], key=lambda line: line.number),
        len(stages.dead_letters.letters),
        stages.cut,
        stages.too_much,
    )


def _entries(made: Recorded, stages: Stages) -> list[Entry]:
    found = []
    for request in stages.bus.requests.values():
        outcome = made.outcomes.get(request.id) or stages.messages.send(request)
        found.append(of_message(request, outcome, made.lines.get(request.event.id, 0)))
    depths = {request.id: request.depth + 1 for request in made.stages.bus.requests.values()}
    for person, event in stages.bus.own.values():
        if event["id"] not in made.feedback:
            found.append(of_own_event(person, event, depths.get(_message_of(event), 0)))
    return found


def _message_of(event: dict[str, Any]) -> str:
    """The message that the event says was sent; nothing of any other event."""
    return str(event["properties"]["message"]) if event["name"] == NOTIFICATION_SENT else ""


def _refused(stages: Stages) -> list[RejectedLine]:
    """Events that `process` refused: it knows the person. Their requests begin with the number of their line."""
    return [
        RejectedLine(
            int(request.request.partition(".")[0]),
            item.event_id or "",
            [Reason(reason.code, reason.field, reason.message) for reason in item.reasons],
        )
        for request in stages.rejected.requests.values()
        for item in request.items
    ]
