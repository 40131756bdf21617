"""A profile's attributes: who it is, traits, consents, and changes to what is stored.

https://developer.clevertap.com/docs/upload-user-profiles-api
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from functions.collect.protocols.clevertap import demographics
from functions.collect.protocols.clevertap.wire_values import DATE, marked_time, plain
from shared.plan.errors import shown
from shared.plan.reasons import Code, Reason

IDENTITY = "Identity"
OTHER_IDENTITIES = {"FBID": "facebook", "GPID": "google"}

TRAITS = {
    "DOB": "birthday", "Email": "email", "Gender": "gender", "Name": "name", "Phone": "phone", "Photo": "avatar",
}  # fmt: skip
"""Attributes that everybody has, and their traits. Any other keeps its name: `Age`, `Customer Type`, `tz`."""

CONSENTS = {
    "msg-email": ("email", True),
    "msg-push": ("push", True),
    "msg-sms": ("sms", True),
    "msg-whatsapp": ("whatsapp", True),
    "msg-dndemail": ("email", False),
    "msg-dndphone": ("sms", False),
}
"""Attributes in lower case: the channel, and whether yes means yes."""

YES_OR_NO: dict[object, bool] = {True: True, False: False, "true": True, "false": False}

LIST_CHANGES = {"$add": "append", "$remove": "remove"}
STEPS = {"$incr": 1, "$decr": -1}
SET, DELETE = "$set", "$delete"
OPERATORS = frozenset({*LIST_CHANGES, *STEPS, SET, DELETE})


@dataclass
class Attributes:
    """`other_ids` by our kinds; `changes` as `canonical.event` wants them."""

    prefix: str
    identity: object = None
    other_ids: dict[str, object] = field(default_factory=dict)
    traits: dict[str, Any] = field(default_factory=dict)
    consents: dict[str, bool] = field(default_factory=dict)
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)

    def all_traits(self) -> dict[str, Any]:
        return {**self.traits, "consents": self.consents} if self.consents else self.traits

    def refuse(self, code: Code, name: str, sentence: str) -> None:
        self.reasons.append(Reason(code, f"{self.prefix}.{shown(name)}", f"{shown(name)} {sentence}"))


def read(data: dict[str, Any], prefix: str) -> Attributes:
    """`prefix` is what the format calls the object: a reason's field begins with it. null says nothing, as there."""
    found = Attributes(prefix)
    for name, value in data.items():
        if value is None:
            continue
        operator = _operator(value)
        if operator is not None:
            _change(found, name, operator, value[operator])
        elif name == IDENTITY:
            found.identity = value
        elif name in OTHER_IDENTITIES:
            found.other_ids[OTHER_IDENTITIES[name]] = value
        elif name.lower() in CONSENTS:
            _consent(found, name, value)
        else:
            _trait(found, name, value)
    if email := found.traits.get("email"):
        found.other_ids.setdefault("email", email)
    return found


def _operator(value: object) -> str | None:
    if isinstance(value, dict) and len(value) == 1:
        name: str = next(iter(value))
        return name if name in OPERATORS else None
    return None


def _trait(found: Attributes, name: str, value: Any) -> None:
    if name in demographics.RULES:
        if value == "":
            return
        checked = demographics.checked(name, value)
        if checked is None:
            found.refuse(Code.VALUE_NOT_ALLOWED, name, demographics.RULES[name].sentence)
            return
        value = checked
    found.traits[TRAITS.get(name, name)] = _birthday(value) if name == "DOB" else plain(value)


def _consent(found: Attributes, name: str, value: object) -> None:
    channel, straight = CONSENTS[name.lower()]
    said = value.lower() if isinstance(value, str) else value if isinstance(value, bool) else None
    if said not in YES_OR_NO:
        found.refuse(Code.WRONG_TYPE, name, "must be true or false")
    else:
        found.consents[channel] = YES_OR_NO[said] is straight


def _change(found: Attributes, name: str, operator: str, value: Any) -> None:
    trait = TRAITS.get(name, name)
    if "." in name or "[" in name:
        found.refuse(
            Code.MALFORMED, name, f"is a place within an attribute: {operator} changes attributes as a whole"
        )
    elif operator == DELETE:
        found.traits[trait] = None
    elif operator == SET:
        found.traits[trait] = plain(value)
    elif operator in LIST_CHANGES:
        found.changes.setdefault(LIST_CHANGES[operator], {})[trait] = plain(value)
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        found.refuse(Code.WRONG_TYPE, name, f"needs a number for {operator}")
    else:
        found.changes.setdefault("increment", {})[trait] = STEPS[operator] * value


def _birthday(value: Any) -> Any:
    """A date without its time. Pages may write its eight digits where others write seconds: `$D_19470815`."""
    if isinstance(value, str) and len(value) == len(DATE) + 8 and value.startswith(DATE):
        try:
            return date.fromisoformat(value.removeprefix(DATE)).isoformat()
        except ValueError:
            pass  # eight digits of seconds, a day in the early seventies
    at = marked_time(value)
    return plain(value) if at is None else at.date().isoformat()
