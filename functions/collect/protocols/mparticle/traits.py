"""What batches say of the person: attributes, deleted attributes and consents, as traits.

mParticle's reserved attributes and those of CleverTap's feed get the names everybody's traits have; all others keep
theirs. https://docs.mparticle.com/developers/sdk/web/users/#reserved-user-attributes
"""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.event_builder import Fields
from functions.collect.protocols.mparticle import clevertap_feed
from functions.collect.vocabularies.clevertap import bare
from shared.plan.errors import shown
from shared.plan.reasons import Code, Observation, Reason

RESERVED = {
    "$firstname": "first_name",
    "$lastname": "last_name",
    "$mobile": "phone",
    "$gender": "gender",
    "$age": "age",
    "$address": "address",
    "$city": "city",
    "$state": "state",
    "$zip": "zip",
    "$country": "country",
}

FLAGS: dict[object, bool] = {
    True: True, False: False,
    "true": True, "false": False, "1": True, "0": False, "yes": True, "no": False, "y": True, "n": False,
}  # fmt: skip
"""How exports write an opt-in; numbers are found under True and False."""

SALE_OPT_OUT, SALE = "data_sale_opt_out", "data_sale"
"""CCPA knows one purpose, and says it the other way round: opted out is no consent to the sale."""


def traits_of(person: Fields) -> tuple[Fields, list[Reason]]:
    """`person` has the batch's `user_attributes`, `deleted_user_attributes` and `consent_state`, as far as it came."""
    traits: Fields = {}
    consents: dict[str, bool] = {}
    reasons: list[Reason] = []
    for name in _deleted(person.get("deleted_user_attributes"), reasons):
        traits[trait_called(name)] = None
    for name, value in _object("user_attributes", person.get("user_attributes"), reasons).items():
        channel = clevertap_feed.CONSENTS.get(bare(name))
        if channel is None:
            traits[trait_called(name)] = value
        elif value is not None and value != "":
            _add(consents, channel, _flag(value), f"user_attributes.{shown(name)}", reasons)
    _add_consents(consents, person.get("consent_state"), reasons)
    if consents:
        traits["consents"] = consents
    return traits, reasons


def trait_called(attribute: str) -> str:
    return RESERVED.get(attribute.lower()) or clevertap_feed.TRAITS.get(bare(attribute)) or attribute


def changed_trait(data: Fields) -> tuple[Fields, list[Reason]]:
    """What a `user_attribute_change` says, by the same names."""
    name = data.get("user_attribute_name")
    if not isinstance(name, str) or not name:
        sentence = "user_attribute_name must be the attribute's name"
        return {}, [Reason(Code.MALFORMED, "data.user_attribute_name", sentence)]
    if data.get("deleted") is True:
        return traits_of({"deleted_user_attributes": [name]})
    return traits_of({"user_attributes": {name: data.get("new")}})


def _add_consents(consents: dict[str, bool], state: object, reasons: list[Reason]) -> None:
    laws = _object("consent_state", state, reasons)
    for purpose, said in _object("consent_state.gdpr", laws.get("gdpr"), reasons).items():
        _add(consents, purpose, _consented(said), f"consent_state.gdpr.{shown(purpose)}.consented", reasons)
    for purpose, said in _object("consent_state.ccpa", laws.get("ccpa"), reasons).items():
        field = f"consent_state.ccpa.{shown(purpose)}.consented"
        given = _consented(said)
        if purpose == SALE_OPT_OUT:
            _add(consents, SALE, None if given is None else not given, field, reasons)
        else:
            _add(consents, purpose, given, field, reasons)


def _add(consents: dict[str, bool], name: str, given: bool | None, field: str, reasons: list[Reason]) -> None:
    if given is None:
        reasons.append(Reason(Code.MALFORMED, field, f"{field} must be true or false"))
    else:
        consents[name] = given


def _consented(said: object) -> bool | None:
    given = said.get("consented") if isinstance(said, dict) else None
    return given if isinstance(given, bool) else None


def _flag(value: object) -> bool | None:
    if isinstance(value, str):
        value = value.strip().lower()
    return FLAGS.get(value) if isinstance(value, (str, int)) else None


def _deleted(names: object, reasons: list[Reason]) -> list[str]:
    if names is None:
        return []
    found = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    if not isinstance(names, list) or len(found) < len(names):
        sentence = "deleted_user_attributes must be a list of names"
        left_out = Observation.ENTRY_UNREADABLE if isinstance(names, list) else None
        reasons.append(Reason(Code.MALFORMED, "deleted_user_attributes", sentence, left_out))
    return found


def _object(field: str, value: object, reasons: list[Reason]) -> dict[str, Any]:
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    reasons.append(Reason(Code.MALFORMED, field, f"{field} must be an object"))
    return {}
