"""The vendor's number for each reason a record can be refused for.

https://developer.clevertap.com/docs/api-errors
"""

from __future__ import annotations

from functions.collect.protocols.clevertap.demographics import RULES
from shared.plan.reasons import Code, Reason

OTHERWISE = 555

BY_FIELD = {
    "ep": 525,
    "evtName": 509,
    "objectId": 526,
    "profile": 524,
    "profileData": 524,
    "tokenData": 531,
    "tokenData.id": 532,
    "tokenData.type": 533,
    "ts": 525,
    "type": 524,
    **{f"profileData.{name}": rule.code for name, rule in RULES.items()},
}
"""By the field that was wrong, whatever was wrong with it. An event's name that nobody defined is another matter."""

BY_CODE = {
    Code.MALFORMED: 512,
    Code.NO_IDENTITY: 523,
    Code.UNKNOWN_EVENT: 528,
    Code.UNKNOWN_PROPERTY: 512,
    Code.MISSING_PROPERTY: 512,
    Code.WRONG_TYPE: 512,
    Code.VALUE_NOT_ALLOWED: 512,
    Code.RESERVED_NAME: 513,
    Code.NOT_TRUSTED: OTHERWISE,
    Code.TOO_LARGE: 522,
    Code.TOO_OLD: 525,
    Code.IN_FUTURE: 525,
    Code.OVER_QUOTA: OTHERWISE,
}
"""528 is the vendor's for an event that the account discards: here, one that its tracking plan does not have."""

OF_TOKENS = {526: 530, 523: 530, 512: 535}
"""A token's record has numbers of its own; the vendor finds tokens by objectId alone."""


def code_of(reason: Reason, *, is_token: bool) -> int:
    code = BY_CODE[reason.code]
    if reason.code in (Code.MALFORMED, Code.VALUE_NOT_ALLOWED, Code.TOO_OLD, Code.IN_FUTURE):
        code = BY_FIELD.get(reason.field, code)
    return OF_TOKENS.get(code, code) if is_token else code
