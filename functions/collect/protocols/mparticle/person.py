"""mParticle's kinds of identities in all their spellings, and who is named by them.

Server SDKs say `customerid`, the web SDK `customer_id` in batches and `customerid` in identity calls, batches from
before 2019 numbers. https://docs.mparticle.com/developers/apis/json-reference/#user_identities
"""

from __future__ import annotations

from typing import Any, NamedTuple

from functions.collect.adapter.event_builder import Fields
from shared import identity
from shared.plan.errors import json_type, shown
from shared.plan.reasons import Code, Reason

USER, DEVICE, MPID = "user", "anonymous", "mpid"

SPELLINGS: dict[str, tuple[str, ...]] = {
    USER: ("customer_id", "customerid", "1"),
    DEVICE: ("device_application_stamp",),
    "email": ("email", "7"),
    "phone": ("mobile_number", "19"),
    "other": ("other", "0"),
    "facebook": ("facebook", "2"),
    "twitter": ("twitter", "3"),
    "google": ("google", "4"),
    "microsoft": ("microsoft", "5"),
    "yahoo": ("yahoo", "6"),
    "alias": ("alias", "8"),
    "facebook_custom_audience_id": ("facebook_custom_audience_id", "facebookcustomaudienceid", "9"),
    "other_id_2": ("other_id_2", "other2", "10"),
    "other_id_3": ("other_id_3", "other3", "11"),
    "other_id_4": ("other_id_4", "other4", "12"),
    "other_id_5": ("other_id_5", "other5", "13"),
    "other_id_6": ("other_id_6", "other6", "14"),
    "other_id_7": ("other_id_7", "other7", "15"),
    "other_id_8": ("other_id_8", "other8", "16"),
    "other_id_9": ("other_id_9", "other9", "17"),
    "other_id_10": ("other_id_10", "other10", "18"),
    "phone_number_2": ("phone_number_2", "20"),
    "phone_number_3": ("phone_number_3", "21"),
}
"""Kind → what clients call it. `device_application_stamp` is the web SDK's id of the browser."""

KINDS = {spelling: kind for kind, spellings in SPELLINGS.items() for spelling in spellings}
ADDRESSES = ("email", "phone")

NEEDED = (USER, DEVICE)
IDS = (str, int, type(None))


class Person(NamedTuple):
    """Whom a batch or a call names. `addresses` are the traits `email` and `phone`; None removes one. It `is_whole`
    unless an identity beside the customer's id could not be read, and was left out."""

    user_id: object
    anonymous_id: object
    other_ids: dict[str, object]
    addresses: Fields
    reasons: list[Reason]
    is_whole: bool


def person(said: object, device: object, mpid: object, *, addresses_name: bool = True) -> Person:
    """`said` are the identities as they came. Without a customer id, an address names the person as well, if it may.

    The device is the anonymous id: it stays the same when the person logs in, which mParticle's own id does not.
    """
    found, reasons = _found(said)
    unread = [kind for kind, value in found.items() if kind not in NEEDED and value.__class__ not in IDS]
    for kind in unread:
        del found[kind]
    user = found.pop(USER, None)
    stamp = found.pop(DEVICE, None)
    addresses: Fields = {}
    for kind in ADDRESSES:
        value = found.get(kind)
        if kind in found and (value is None or value.__class__ is str):
            addresses[kind] = value
            if user is not None or not addresses_name:
                del found[kind]
    if mpid is not None:
        found[MPID] = mpid
    return Person(user, device or stamp or mpid, found, addresses, reasons, not unread)


def kind_of(spelling: object) -> str | None:
    """A kind under which other ids are known by their own name keeps it; None is no kind."""
    word = str(spelling).lower() if spelling.__class__ in (str, int) else ""
    return KINDS.get(word) or (word if identity.is_other_kind(word) else None)


def _found(said: object) -> tuple[dict[str, Any], list[Reason]]:
    """Values by kind. An object, or as some exports write it, a list of `identity_type` and `identity`."""
    if said is None:
        return {}, []
    pairs: list[tuple[object, object]]
    if isinstance(said, dict):
        pairs = list(said.items())
    elif isinstance(said, list) and all(isinstance(one, dict) for one in said):
        pairs = [(one.get("identity_type"), one.get("identity")) for one in said]
    else:
        return {}, [Reason(Code.MALFORMED, "user_identities", "user_identities must be an object")]
    found: dict[str, Any] = {}
    reasons = []
    for spelling, value in pairs:
        kind = kind_of(spelling)
        if kind is None:
            # What is nested as deep as JSON may be cannot be written here.
            called = json_type(spelling) if isinstance(spelling, (dict, list)) else shown(str(spelling))
            sentence = f"user_identities has no kind of identity called {called}"
            reasons.append(Reason(Code.MALFORMED, f"user_identities.{called}", sentence))
        elif value != "":
            found[kind] = value
    return found, reasons
