"""Who a request is about: User.com's number, the customer's id, the key of a browser or app, an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.collect.adapter.event_builder import Fields
from functions.collect.protocols.user_com.ids import number_of, plain
from shared import identity
from shared.plan.reasons import Code, Reason

if TYPE_CHECKING:
    from functions.collect.protocols.user_com.raw import Event, User

KIND = "user_com"
"""Of the identity that is User.com's own number."""

DIGITS = 18
"""Of the largest number: it fits into 64 bits."""

SAID_OF_A_PERSON = ("id", "custom_id", "user_id", "key", "user_key")
"""Among what is said of a person, who it is."""


def of_event(raw: Event, common: dict[str, Any], *, of_product: bool) -> Fields | Reason:
    """A product event's own `custom_id` is the product's."""
    custom = raw.get("user_custom_id", None if of_product else raw.get("custom_id"))
    number = raw["user_id"] if "user_id" in raw else raw.get("client")
    return _named(common, custom, number=number, key=raw.get("user_key"), email=raw.get("email"))


def of_person(raw: User, common: dict[str, Any]) -> Fields | Reason:
    """Whoever is told of gets a number, which later events may name them by. In the API's first version the custom id
    is called `user_id`."""
    custom = raw["custom_id"] if "custom_id" in raw else raw.get("user_id")
    key = raw.get("user_key", raw.get("key"))
    found = _named(common, custom, key=key, email=raw.get("email"), phone=raw.get("phone_number"))
    if isinstance(found, Reason) or KIND in found["other_ids"]:
        return found
    called = (
        ("custom_id", found["user_id"]),
        ("key", found["anonymous_id"]),
        *found["other_ids"].items(),
    )
    for kind, value in called:
        if (text := usable(value)) is not None and (normal := identity.named(kind, text)) is not None:
            found["other_ids"][KIND] = str(number_of(kind, normal))
            break
    return found


def _named(
    common: dict[str, Any],
    custom: object,
    *,
    key: object,
    email: object,
    number: object = None,
    phone: object = None,
) -> Fields | Reason:
    """What the path says comes first. An address is an identity where there is no other."""
    in_path = common["parameters"]
    field = "id" if "id" in in_path else "user_id"
    said = in_path.get("id", number)
    number = whole_number(said)
    if number is None and said is not None:
        return Reason(Code.MALFORMED, field, f"{field} must be a whole number, User.com's own id of the user")
    custom = plain(in_path.get("custom_id", custom), may_be_encoded=common.get("base64", False))
    other_ids: dict[str, object] = {KIND: str(number)} if number else {}
    if not other_ids and usable(custom) is None and usable(key) is None:
        other_ids = {"email": email} if email is not None else {} if phone is None else {"phone": phone}
    return {"user_id": custom, "anonymous_id": key, "other_ids": other_ids}


def whole_number(value: object) -> int | None:
    """Of a number or its digits, what JSON and every client can hold. Zero is nobody's."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= DIGITS:
        return int(value)
    return value if type(value) is int and 0 <= value < 10**DIGITS else None


def usable(value: object) -> str | None:
    """The value as an id, if it can be one and is no placeholder."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    text = str(value)
    return None if identity.is_placeholder(text) or len(text) > identity.LONGEST else text
