"""The web SDK's identity calls: whom the page knows, as an identify, and the id that mParticle's SDK wants for them.

https://docs.mparticle.com/developers/apis/idsync/http/
"""

from __future__ import annotations

import hashlib
from typing import Any

from functions.collect import epoch
from functions.collect.canonical import NOT_AN_OBJECT, Arrival, Fields, Item, event
from functions.collect.protocols.mparticle import context
from functions.collect.protocols.mparticle.events import MILLISECONDS
from functions.collect.protocols.mparticle.identity_kinds import MPID, Person, person
from shared import identity
from shared.reasons import Code, Reason

MODIFY = "modify"
BITS = 63
"""mParticle's ids are positive 64-bit integers; the SDK keeps them as text."""


def read(call: str, raw: object, common: dict[str, Any], arrival: Arrival) -> Item:
    """`common` has the `mpid` of the path, which names the person of a `modify`."""
    if not isinstance(raw, dict):
        return NOT_AN_OBJECT
    named, reasons = _named(call, raw, common.get("mpid"))
    client = raw.get("client_sdk")
    library: Fields = {"name": context.LIBRARY}
    if isinstance(client, dict) and client.get("sdk_version") is not None:
        library["version"] = client["sdk_version"]
    around: Fields = {"library": library}
    if raw.get("environment") is not None:
        around["environment"] = raw["environment"]
    if isinstance(named.anonymous_id, str):
        around["device"] = {"id": named.anonymous_id}
    item = event(
        arrival,
        raw.get("request_id"),
        "identify",
        "identify",
        named.user_id,
        named.anonymous_id,
        None,
        {"identity_request": call},
        named.addresses or None,
        around,
        None,
        epoch.moment(raw.get("request_timestamp_unixtime_ms"), MILLISECONDS),
        named.other_ids,
    )
    item[1].extend((*reasons, *named.reasons))
    if not item[1] and MPID not in item[0].get("other_ids", {}):
        item[0].setdefault("other_ids", {})[MPID] = mpid_of(item[0])
    return item


def mpid_of(fields: Fields) -> str:
    """The same digits for the same person: made of the user id, else of an address or a vendor's id, else of the
    browser's. So a login makes another person for the SDK, and the next login on another device makes the same one."""
    other_ids = {kind: value for kind, value in fields.get("other_ids", {}).items() if kind != MPID}
    anonymous = None if other_ids else fields.get("anonymous_id")
    key = identity.strongest(fields.get("user_id"), anonymous, other_ids)
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
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
    return _by_mpid(person(said, None, mpid, addresses_name=mpid is None)), []


def _by_mpid(named: Person) -> Person:
    """The path names somebody whom the browser's own id leads to: no visitor of their own."""
    return named._replace(anonymous_id=None) if named.anonymous_id is not None else named
