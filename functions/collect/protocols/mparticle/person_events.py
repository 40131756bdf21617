"""Events that say something of their person or device, and of nothing that happened.

https://docs.mparticle.com/developers/apis/json-reference/
"""

from __future__ import annotations

from typing import NamedTuple

from functions.collect.adapter.event_builder import Fields
from functions.collect.protocols.mparticle import traits as user_traits
from functions.collect.protocols.mparticle.person import ADDRESSES, USER, Person, kind_of
from shared.plan.reasons import Code, Reason


class Shared(NamedTuple):
    """What the events of a batch have in common. `reasons` are broken rules of the batch: none of it can be trusted."""

    person: Person
    context: Fields
    request_id: object
    timestamp: object
    is_web: bool
    reasons: list[Reason]


class Read(NamedTuple):
    """What an event's type makes of its data."""

    type: str
    name: object
    properties: Fields
    context: Fields
    person: Person
    traits: Fields
    reasons: list[Reason]


def _push_registration(data: Fields, attributes: Fields, shared: Shared) -> Read:
    """The token is the device's; without `register` it is one more registration, as the first SDKs sent it."""
    token, registered = data.get("registration_token"), data.get("register", True)
    reasons = []
    if not isinstance(token, str) or not token:
        sentence = "registration_token must be the device's token"
        reasons.append(Reason(Code.MALFORMED, "data.registration_token", sentence))
    if not isinstance(registered, bool):
        reasons.append(Reason(Code.MALFORMED, "data.register", "register must be true or false"))
    device = {"device": {"token": token, "registered": registered}}
    return Read(
        "identify", "identify", {**attributes, "register": registered}, device, shared.person, {}, reasons
    )


def _opt_out(data: Fields, attributes: Fields, shared: Shared) -> Read:
    """No consent to being tracked, or the consent given again."""
    opted_out = data.get("is_opted_out")
    properties = {**attributes, "is_opted_out": opted_out}
    if not isinstance(opted_out, bool):
        reason = Reason(Code.MALFORMED, "data.is_opted_out", "is_opted_out must be true or false")
        return Read("identify", "identify", properties, {}, shared.person, {}, [reason])
    traits = {"consents": {"tracking": not opted_out}}
    return Read("identify", "identify", properties, {}, shared.person, traits, [])


def _user_attribute_change(data: Fields, attributes: Fields, shared: Shared) -> Read:
    traits, reasons = user_traits.changed_trait(data)
    return Read("identify", "identify", attributes, {}, shared.person, traits, reasons)


def _user_identity_change(data: Fields, attributes: Fields, shared: Shared) -> Read:
    """The new identity joins those of the batch; an address that is none any more is a trait that goes."""
    new, old = data.get("new"), data.get("old")
    said = new if isinstance(new, dict) and new.get("identity_type") is not None else old
    kind = kind_of(said.get("identity_type")) if isinstance(said, dict) else None
    if kind is None:
        sentence = "new must be an object with identity_type and identity"
        reason = Reason(Code.MALFORMED, "data.new", sentence)
        return Read("identify", "identify", attributes, {}, shared.person, {}, [reason])
    value = new.get("identity") if isinstance(new, dict) else None
    person, traits = shared.person, {}
    if kind == USER:
        person = person._replace(user_id=person.user_id if value is None else value)
    elif kind in ADDRESSES:
        traits = {kind: value}
    elif value is not None:
        person = person._replace(other_ids={**person.other_ids, kind: value})
    return Read("identify", "identify", attributes, {}, person, traits, [])


OF_THE_PERSON = {
    "push_registration": _push_registration,
    "opt_out": _opt_out,
    "user_attribute_change": _user_attribute_change,
    "user_identity_change": _user_identity_change,
}
