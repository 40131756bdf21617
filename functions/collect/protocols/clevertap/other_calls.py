"""A person as CleverTap shows one, and the mobile SDK's question where to send to.

https://developer.clevertap.com/docs/get-user-profiles-api#download-profile-by-id
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.collect.adapter.lookups import Lookups
from functions.collect.adapter.wire_format import Call
from functions.collect.http.responses import Refused, Response
from functions.collect.protocols.clevertap.routes import HANDSHAKE
from functions.collect.protocols.clevertap.traits import TRAITS
from shared import identity
from shared.plan.reasons import Code
from shared.workspace.collecting import Source

if TYPE_CHECKING:
    from shared.fold.profile import Profile

KINDS = {"identity": "user", "objectId": "anonymous", "email": "email"}
"""What a person can be asked for by, in this order."""

ATTRIBUTES = {trait: attribute for attribute, trait in TRAITS.items()}
CHANNELS = {"email": "MSG-email", "push": "MSG-push", "sms": "MSG-sms", "whatsapp": "MSG-whatsapp"}


def answer_other_call(call: Call, _source: Source | None, lookups: Lookups) -> Response:
    if call.route.call == HANDSHAKE:
        return _handshake(call)
    person = lookups.person(_asked_for(call))
    return Response(200, {"status": "success", "record": {} if person is None else _record(person)})


def _handshake(call: Call) -> Response:
    """The host that was asked. An SDK that got no answer asks again before every batch."""
    address = call.request.address
    headers = {"x-wzrk-rd": address, "x-wzrk-spiky-rd": address, "x-wzrk-mute": "false"}
    return Response(200, {"status": "success"}, headers)


def _asked_for(call: Call) -> str:
    """Raises Refused. The npm client does not escape what it asks: an address's plus sign arrives as a space."""
    for parameter, kind in KINDS.items():
        if value := call.request.query_value(parameter):
            bare = value.strip().replace(" ", "+") if kind == "email" else value
            return identity.key(kind, identity.normalised(kind, bare))
    raise Refused(400, Code.MALFORMED, "one of identity, objectId and email is needed")


def _record(person: Profile) -> dict[str, Any]:
    states = person.states
    traits = states.traits.values
    known = states.identities.known or (person.key,)
    consents = {
        CHANNELS.get(channel, channel): consent.given for channel, consent in states.consents.channels.items()
    }
    record: dict[str, Any] = {
        "profileData": {ATTRIBUTES.get(name, name): value for name, value in traits.items()} | consents,
        "events": {
            name: {
                "count": counter.count,
                "first_seen": int(counter.first.timestamp()),
                "last_seen": int(counter.last.timestamp()),
            }
            for name, counter in states.counters.events.items()
        },
        "platformInfo": [
            {
                "platform": device.platform,
                "model": device.model,
                "push_token": device.token,
                "objectId": device.id,
            }
            for device in reversed(states.devices.known)
        ],
        "all_identities": [identity.value_of(key) for key in known if identity.kind_of(key) != "anonymous"],
    }
    if "email" in traits:
        record["email"] = traits["email"]
    return record
