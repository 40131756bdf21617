"""Properties that by their name hold personal data, and are not flagged `personal: true`."""

from __future__ import annotations

from collections.abc import Iterator

from shared.authoring.compiling import Compiled
from shared.authoring.findings import Finding
from shared.authoring.lint.words import words

ENDINGS: tuple[tuple[str, ...], ...] = tuple(
    tuple(ending.split())
    for ending in (
        "email", "e mail", "email address", "mail address", "phone", "phone number", "telephone", "mobile number",
        "msisdn", "first name", "last name", "full name", "family name", "given name", "middle name", "surname",
        "customer name", "user name", "birthday", "birth date", "birthdate", "date of birth", "dob", "address",
        "street", "house number", "ssn", "social security number", "national id", "passport", "passport number",
        "iban", "card number", "account number", "tax id", "ip", "latitude", "longitude", "gender", "religion",
    )
)  # fmt: skip
"""The last words of a name: `customer_email`, `deliveryAddress`."""

NEVER_PERSONAL = frozenset({"boolean"})
"""Whether there is an address says nothing about it."""


def check(compiled: Compiled) -> Iterator[Finding]:
    for event in compiled.workspace.events:
        for name, definition in event.properties.items():
            if definition.personal or definition.type in NEVER_PERSONAL or not sounds_personal(name):
                continue
            message = f'property `{name}` of "{event.id}" sounds like personal data and is not flagged'
            advice = "Write `personal: true`, so that it can be found and erased; or choose a clearer name."
            place = compiled.place("events", event.id, "properties", name)
            yield Finding(place, "personal-data", "warning", message, advice)


def sounds_personal(name: str) -> bool:
    lower = tuple(word.lower() for word in words(name))
    return any(lower[-len(ending) :] == ending for ending in ENDINGS)
