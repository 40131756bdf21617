"""The web SDK's identity calls: whom the page knows, as an identify, and the id that mParticle's SDK wants for them.

An alias says that this id is the same person: a server may know somebody by nothing else.

https://docs.mparticle.com/developers/apis/idsync/http/
"""

from __future__ import annotations

import hashlib
from typing import Any

from functions.collect.adapter import epoch
from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import NOT_AN_OBJECT, Fields, Item, event, observe
from functions.collect.adapter.message_ids import of_content
from functions.collect.protocols.mparticle import context
from functions.collect.protocols.mparticle.events import MILLISECONDS
from functions.collect.protocols.mparticle.person import MPID, Person, person
from shared import identity
from shared.plan.reasons import Code, Observation, Reason
from shared.text.surrogates import as_bytes

MODIFY = "modify"
ALIAS = "alias_of"
"""In the raw of the alias: the call's document, which the identify has as its raw."""

BITS = 63
"""mParticle's ids are positive 64-bit integers; the SDK keeps them as text."""


def items(
    call: str, document: object, common: dict[str, Any], arrival: Arrival
) -> tuple[list[Item], list[Any]]:
    """The identify, and the alias if the call is given an id; and the raw value of each. `common` has the `mpid` of the
    path, which names the person of a `modify`."""
    identified = _identify(call, document, common.get("mpid"), arrival)
    if call == MODIFY or identified[1]:
        return [identified], [document]
    return [identified, _alias(identified[0], arrival)], [document, {ALIAS: document}]


def again(call: str, raw: object, common: dict[str, Any], arrival: Arrival) -> Item:
    if isinstance(raw, dict) and set(raw) == {ALIAS}:
        identified = _identify(call, raw[ALIAS], None, arrival)
        return identified if identified[1] else _alias(identified[0], arrival)
    return _identify(call, raw, common.get("mpid"), arrival)


def _identify(call: str, raw: object, mpid: object, arrival: Arrival) -> Item:
    if not isinstance(raw, dict):
        return NOT_AN_OBJECT
    named, reasons = _named(call, raw, mpid)
    client = raw.get("client_sdk")
    library: Fields = {"name": context.LIBRARY}
    if isinstance(client, dict) and client.get("sdk_version") is not None:
        library["version"] = client["sdk_version"]
    around: Fields = {"library": library}
    if raw.get("environment") is not None:
        around["environment"] = raw["environment"]
    if call != MODIFY and isinstance(named.anonymous_id, str):
        around["device"] = {"id": named.anonymous_id}
    item = event(
        arrival,
        "identify",
        "identify",
        id_=raw.get("request_id"),
        user_id=named.user_id,
        anonymous_id=named.anonymous_id,
        properties={"identity_request": call},
        traits=named.addresses or None,
        context=around,
        timestamp=epoch.moment(raw.get("request_timestamp_unixtime_ms"), MILLISECONDS),
        other_ids=named.other_ids,
    )
    item[1].extend((*reasons, *named.reasons))
    if not named.is_whole:
        observe(item, Observation.ID_UNREADABLE)
    if call != MODIFY and all(reason.observation is not None for reason in item[1]):
        item[0].setdefault("other_ids", {})[MPID] = mpid_of(item[0])
    return item


def _alias(identified: Fields, arrival: Arrival) -> Item:
    """Its id is the same whenever the same person is given the same id: it counts once."""
    user, anonymous, other_ids = (
        identified.get("user_id"),
        identified.get("anonymous_id"),
        identified["other_ids"],
    )
    return event(
        arrival,
        "alias",
        "alias",
        id_=of_content("alias", user, anonymous, other_ids),
        user_id=user,
        anonymous_id=anonymous,
        previous_id=other_ids[MPID],
        context=identified["context"],
        timestamp=identified.get("original_timestamp"),
        other_ids=other_ids,
    )


def mpid_of(fields: Fields) -> str:
    """The same digits for the same person: made of the user id, else of an address or a vendor's id, else of the
    browser's. So a login makes another person for the SDK, and the next login on another device makes the same one."""
    other_ids = {kind: value for kind, value in fields.get("other_ids", {}).items() if kind != MPID}
    anonymous = None if other_ids else fields.get("anonymous_id")
    key = identity.strongest(fields.get("user_id"), anonymous, other_ids)
    digest = hashlib.blake2b(as_bytes(key), digest_size=8).digest()
    return str(int.from_bytes(digest) >> (64 - BITS) or 1)


def is_known(fields: Fields) -> bool:
    """Whether somebody is logged in, as far as the SDK is told."""
    return "user_id" in fields or any(kind != MPID for kind in fields.get("other_ids", {}))


def _named(call: str, raw: Fields, mpid: object) -> tuple[Person, list[Reason]]:
    if call != MODIFY:
        return person(raw.get("known_identities"), None, None), []
    changes = raw.get("identity_changes")
    if not isinstance(changes, list) or not all(isinstance(one, dict) for one in changes):
        sentence = "identity_changes must be a list of objects"
        reason = Reason(Code.MALFORMED, "identity_changes", sentence)
        return person(None, None, mpid), [reason]
    said = [{"identity_type": one.get("identity_type"), "identity": one.get("new_value")} for one in changes]
    named = person(said, None, mpid, addresses_name=mpid is None)
    return (named if mpid is None else named._replace(anonymous_id=mpid)), []
