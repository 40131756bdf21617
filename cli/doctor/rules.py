"""Whether every rule of the stack is on: those of its bus, routes of your own among them, and its schedules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cli.doctor.advice import PUT_BACK
from cli.doctor.examination import Examination
from cli.doctor.finding import Finding, Part, attention, broken, ok
from cli.stacks import name_of
from shared.aws.stack.rules import DEFAULT_BUS, Rule, rules
from shared.bus_entries import EventBatch, MessageRequested
from shared.messaging.channels import CHANNELS

MADE_BY_CLOUDFORMATION = re.compile(r"[0-9A-F]{8}-\w+$")
"""How it ends the names that it gives: the construct's hash, and letters of its own."""

SWEEP, KEPT_ACTIVE, WATCH = "SweepEveryMinute", "CollectKeptActive", "WatchEveryFewMinutes"

MEANS = {
    SWEEP: "no timer falls due",
    KEPT_ACTIVE: "Lambda deactivates collect after 14 days without a call",
    EventBatch.detail_type: "no event reaches the lake",
    WATCH: "nobody is notified of work that stands still, or of dead letters",
}


def rules_of_the_stack(examination: Examination) -> Finding:
    stack = name_of(examination.stack.stage)
    found = [*rules(DEFAULT_BUS, f"{stack}-"), *rules(examination.stack["BusName"])]
    return of_rules(found, stack)


def of_rules(found: Sequence[Rule], stack: str) -> Finding:
    off = [one for one in found if not one.is_enabled]
    ours = [one for one in off if not _is_a_route(one)]
    idle = [one for one in found if one.is_enabled and not one.targets]
    lost = list(_lost(found))
    if ours or idle or lost:
        said = [f"{label(one, stack)} is disabled: {_meaning(one, stack)}" for one in ours]
        said += [f"{label(one, stack)} has no target: {_meaning(one, stack)}" for one in idle]
        said += [f"a rule is gone: {meaning}" for meaning, _ in lost]
        do = [_enabling(one) for one in ours] + ([PUT_BACK] if idle or lost else [])
        stops = {part for one in (*ours, *idle) for part in _stopped(one)} | {
            part for _, part in lost if part
        }
        return broken("; ".join(said), " ".join(do), stops)
    if off:
        names = ", ".join(label(one, stack) for one in off)
        return attention(
            f"disabled routes get nothing, now or later: {names}",
            " ".join(_enabling(one) for one in off),
        )
    return ok(f"{len(found)} rules are on")


def _enabling(rule: Rule) -> str:
    return f"`aws events enable-rule --event-bus-name {rule.bus} --name {rule.name}`"


def label(rule: Rule, stack: str) -> str:
    """Its name, without what CloudFormation adds."""
    return MADE_BY_CLOUDFORMATION.sub("", rule.name.removeprefix(f"{stack}-"))


def _is_a_route(rule: Rule) -> bool:
    return rule.bus != DEFAULT_BUS and not {EventBatch.detail_type, MessageRequested.detail_type} & {
        *rule.detail_types
    }


def _meaning(rule: Rule, stack: str) -> str:
    known = next((MEANS[one] for one in (*rule.detail_types, label(rule, stack)) if one in MEANS), None)
    return known or (
        f"no {'/'.join(rule.channels)} is sent" if rule.channels else "its entries are not delivered"
    )


def _stopped(rule: Rule) -> Iterable[Part]:
    if EventBatch.detail_type in rule.detail_types:
        yield Part.ARCHIVE
    if MessageRequested.detail_type in rule.detail_types and "email" in rule.channels:
        yield Part.EMAIL


def _lost(found: Sequence[Rule]) -> Iterable[tuple[str, Part | None]]:
    """What happens no longer, and which part is stopped by it: of rules that every stack has, and this one has not."""
    if not any(SWEEP in one.name for one in found):
        yield MEANS[SWEEP], None
    if not any(EventBatch.detail_type in one.detail_types for one in found):
        yield MEANS[EventBatch.detail_type], Part.ARCHIVE
    sent = {
        one for rule in found if MessageRequested.detail_type in rule.detail_types for one in rule.channels
    }
    for channel in CHANNELS:
        if channel not in sent:
            yield f"no {channel} is sent", Part.EMAIL if channel == "email" else None
