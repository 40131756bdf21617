"""Probes: what `headrace doctor` sends. It may name nobody but the doctor's own people and asks for one message.

Everybody else's events pass, unless they name those people: an alias would bring what the doctor says to a real person.
The doctor's meet few other parts (`Order.probing`): they are known again, make a profile and are counted there; they
start no session, and no campaign or route is asked about them.
"""

from __future__ import annotations

from datetime import timedelta

from shared import doctor
from shared.events import DOCTOR, HEADRACE, Event
from shared.fold.effects import Ask, Effect, Facts, Nothing, Refuse
from shared.plan.reasons import Code, Reason

name = "probes"
budget = 0
reads: tuple[str, ...] = ()

LATE = timedelta(hours=1)
"""An older event asks for no message: nobody waits for it any more."""


def apply(state: Nothing, event: Event, facts: Facts) -> tuple[Nothing, list[Effect]]:
    if event.source == HEADRACE:
        return state, []
    named = [*filter(None, (event.user_id, event.anonymous_id)), *event.other_ids.values()]
    reserved = [doctor.is_reserved(value) for value in named]
    if event.source != DOCTOR:
        if any(reserved) or (event.previous_id is not None and doctor.is_reserved(event.previous_id)):
            sentence = f"ids that begin with {doctor.PERSON} are kept for the source {DOCTOR}"
            return state, [Refuse(Reason(Code.NOT_TRUSTED, "", sentence))]
        return state, []
    if event.type == "alias" or not all(reserved):
        sentence = f"the source {DOCTOR} may only name people whose ids begin with {doctor.PERSON}"
        return state, [Refuse(Reason(Code.NOT_TRUSTED, "", sentence))]
    asks = event.name == doctor.MESSAGE_ASKED and event.occurred_at >= facts.now - LATE
    return state, [Ask(doctor.CAMPAIGN.id, doctor.CAMPAIGN.channel)] if asks else []


def merge(one: Nothing, other: Nothing) -> Nothing:
    return one


def explain(state: Nothing) -> str:
    return "asked for each event"
