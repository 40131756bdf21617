"""People and products as User.com's clients read them.

What was sent a moment ago may take a second to be there. Products are not kept: they are their ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.collect.adapter.lookups import Lookups
from functions.collect.adapter.wire_format import Call
from functions.collect.http.responses import Refused, Response
from functions.collect.protocols.user_com.ids import BASE64, HEADER, number_of, plain
from functions.collect.protocols.user_com.person import KIND, whole_number
from functions.collect.protocols.user_com.routes import DELETE_USER
from functions.collect.protocols.user_com.traits import as_user
from shared.events import utc_text
from shared.identity import LONGEST, key, kind_of, normalised, value_of
from shared.workspace.collecting import Source

if TYPE_CHECKING:
    from shared.fold.profile import Profile


def answer_other_call(call: Call, _source: Source | None, lookups: Lookups) -> Response:
    """Raises Refused."""
    if call.route.call == DELETE_USER:
        raise Refused(404, "not_found", "people are not deleted by a collect key")
    if call.route.call == "product":
        custom_id = call.parameters["product"]
        return Response(200, {"id": number_of("product", custom_id), "custom_id": custom_id})
    asked_for = _asked_for(call)
    person = lookups.person(asked_for) if len(value_of(asked_for)) <= LONGEST else None
    if person is None:
        raise Refused(404, "unknown_person", "Not found.")
    user = _presented(person)
    is_list = call.route.call == "search" and call.request.query_value("many") is not None
    return Response(200, [user] if is_list else user)


def _asked_for(call: Call) -> str:
    """The identity key. An email address finds whoever is known by it, not everybody who has it among their traits."""
    parameters = call.parameters
    if "id" in parameters:
        return key(KIND, parameters["id"])
    if "custom_id" in parameters:
        is_encoded = call.request.headers.get(HEADER, "").lower() == BASE64
        custom = str(plain(parameters["custom_id"], may_be_encoded=is_encoded))
        return key("user", normalised("user", custom))
    for name, kind in (("email", "email"), ("key", "anonymous"), ("custom_id", "user")):
        if (value := call.request.query_value(name)) is not None:
            return key(kind, normalised(kind, value))
    raise Refused(400, "missing_parameter", "email, key or custom_id is needed in the query")


def _presented(person: Profile) -> dict[str, Any]:
    """As User.com has a user. `id` is None where nobody gave or asked for a number yet."""
    states = person.states
    latest = {kind_of(identity): value_of(identity) for identity in (person.key, *states.identities.known)}
    consent = states.consents.channels.get("email")
    return {
        **as_user(states.traits.values),
        "id": whole_number(latest.get(KIND)),
        "custom_id": latest.get("user"),
        "key": latest.get("anonymous"),
        "unsubscribed": consent is not None and not consent.given,
        "created_at": utc_text(person.created_at) if person.created_at is not None else None,
    }
