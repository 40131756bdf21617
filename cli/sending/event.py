"""One event, out of what was typed."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from cli.assignments import assigned
from cli.problem import Problem
from shared import identity
from shared.events import utc_text


class Call(StrEnum):
    """What can be sent."""

    TRACK = "track"
    IDENTIFY = "identify"
    PAGE = "page"
    SCREEN = "screen"
    GROUP = "group"
    ALIAS = "alias"


def composed(
    call: Call,
    name: str | None,
    *,
    ids: dict[str, str],
    other_ids: dict[str, str],
    properties: dict[str, Any],
    traits: dict[str, Any],
    context: dict[str, Any],
    at: datetime,
) -> dict[str, Any]:
    """One event as our own API takes it, other ids as Segment has them: in `context.externalIds`.

    https://www.twilio.com/docs/segment/unify/identity-resolution/externalids
    Raises Problem when it has no person, or a track no name.
    """
    somebody = {"userId", "anonymousId"} & ids.keys() or other_ids
    if call is Call.TRACK and not name:
        whose = "" if somebody else ", and whose"
        raise Problem(f"Name the event{whose}", "Example: headrace send 'View Item' --user u1")
    if not somebody:
        raise Problem("Name the person: --user, --anonymous, --email, --phone or --other")
    where = {Call.TRACK: "event", Call.PAGE: "name", Call.SCREEN: "name", Call.GROUP: "groupId"}
    named = {where[call]: name} if call in where and name else {}
    if other_ids:
        external = [
            {"id": value, "type": kind, "collection": "users", "encoding": "none"}
            for kind, value in other_ids.items()
        ]
        context = {**context, "externalIds": external}
    parts = {"properties": properties, "traits": traits, "context": context}
    when = {"timestamp": utc_text(at), "sentAt": utc_text(at)}
    return {**named, **ids, **when, **{part: values for part, values in parts.items() if values}}


def traits_of(typed: Iterable[str]) -> dict[str, Any]:
    """Raises Problem for `consents.sms=true`, which would be a trait of that name and no consent."""
    traits = assigned(typed)
    for name, value in traits.items():
        first, dot, channel = name.partition(".")
        if first == "consents" and dot and channel:
            consent = orjson.dumps({channel: value}).decode()
            raise Problem(
                f"“{name}” would be a trait of that name, not a consent",
                f"The consent: -t {shlex.quote(f'consents={consent}')}",
            )
    return traits


def named(typed: Iterable[str]) -> dict[str, str]:
    """The other ids by kind, of `kind=value`: the value is text, whatever it looks like. Raises Problem."""
    ids = {}
    for text in typed:
        kind, _, value = text.partition("=")
        if not (value and identity.is_other_kind(kind)):
            raise Problem(f"“{text}” is not kind=value", "Examples: device=d1  infobip=4711")
        ids[kind] = value
    return ids
