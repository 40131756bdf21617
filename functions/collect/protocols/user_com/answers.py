"""User.com's answers: a number and `created`, or what is wrong with each field.

Every answer is of this request alone, nothing is looked up for it: `created` says that what was sent was taken.
https://apidocs.user.com/events/create-event.html
"""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.rejection import Rejection
from functions.collect.adapter.wire_format import Call, Outcome
from functions.collect.http.responses import Refused, Response
from functions.collect.protocols.user_com import apps
from functions.collect.protocols.user_com.ids import number_of
from functions.collect.protocols.user_com.person import KIND

NO_FIELD = "non_field_errors"

OURS, THEIRS = "properties.", "data."
"""How the plan's reasons call an event's data."""


def answer(call: Call, outcome: Outcome) -> Response:
    if outcome.rejected:
        return Response(400, {"errors": _errors(call, outcome.rejected[0])})
    fields = outcome.parsed.items[0][0]
    match call.route.call:
        case apps.PING:
            return Response(200, {"user": {"key": fields["anonymous_id"]}})
        case "user":
            return Response(200, {"id": int(fields["other_ids"][KIND]), "created": True, **_echo(call)})
        case "set_attribute" | "set_attributes":
            return Response(200, {"id": int(fields["other_ids"][KIND])})
        case "sdk_event" | "screen_event" | "notification":
            return Response(200, {"created": True})
    return Response(200, {"id": number_of("event", fields["id"]), "created": True})


def refuse(_call: Call, refused: Refused) -> Response:
    if refused.status == 400:
        return Response(400, {"errors": {NO_FIELD: [refused.message]}})
    return Response(refused.status, {"detail": refused.message})


def _errors(call: Call, rejection: Rejection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    said = ((reason.field, reason.message) for reason in rejection.reasons)
    for field, message in call.format.listed.first(said):
        found.setdefault(field.replace(OURS, THEIRS, 1) or NO_FIELD, []).append(
            message.replace(OURS, THEIRS, 1)
        )
    return found


def _echo(call: Call) -> dict[str, Any]:
    """Clients look for what they sent in the user that comes back."""
    document = call.body.document
    return {
        name: document[name] for name in ("custom_id", "email", "first_name", "last_name") if name in document
    }
