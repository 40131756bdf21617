"""Small values that failed somewhere, as public reports and other projects' own tests have them, and what is right.

Each row is named by what it is: what was sent, to which source, and what the event on the stream says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.workspace.model import EventDefinition, PropertyDefinition
from tests.fakes.collect_stage import (
    LENIENT,
    NOON,
    OBSERVE,
    STRICT,
)

NOTED = EventDefinition(
    id="Noted",
    name="Noted",
    properties={"text": PropertyDefinition(type="string"), "price": PropertyDefinition(type="number")},
)


@dataclass(frozen=True)
class Row:
    """`body` is JSON text of one item of a batch that lacks nothing but what it says. `event` is what is expected of
    the fields of the event, `refused` the code it is rejected for, `observed` what it is counted as."""

    item: str
    key: str = LENIENT
    batch: str = ""
    event: dict[str, Any] = field(default_factory=dict)
    refused: str | None = None
    observed: str | None = None


def track(more: str, key: str = LENIENT, batch: str = "", **expected: Any) -> Row:
    """A row of one track."""
    return Row(f'{{"type":"track","event":"Noted",{more}}}', key, batch, **expected)


def named(ids: str, **expected: Any) -> Row:
    """A row of one identify."""
    return Row(f'{{"type":"identify","traits":{{"plan":"x"}},{ids}}}', **expected)


def phone(written: str, **expected: Any) -> Row:
    """A row of one phone number, which is all that it is known by."""
    return named(f'"context":{{"externalIds":[{{"type":"phone","id":"{written}"}}]}}', **expected)


HOUR_AGO = "2026-11-21T11:00:00Z"
NOBODY = {"refused": "no_identity"}
ROWS: dict[str, Row] = {
    "a phone number of zeros": phone("(000) 000-0000", **NOBODY),
    "a phone number of zeros and dots": phone("000.000.0000", **NOBODY),
    "a phone number of a nation": phone("0532 123 45 67", **NOBODY),
    "a phone number with minus signs": phone(
        r"+1\u2212415\u2212555\u22120100", event={"other_ids": {"phone": "+14155550100"}}
    ),
    "a phone number with a tab": phone(r"+1\t415 555 0100", event={"other_ids": {"phone": "+14155550100"}}),
    "a phone number with a trunk prefix": phone(
        "+44 (0)20 7946 0958", event={"other_ids": {"phone": "+442079460958"}}
    ),
    "a phone number beside a user id that is no number": named(
        '"userId":"u1","context":{"externalIds":[{"type":"phone","id":"call me"}]}',
        event={"user_id": "u1", "other_ids": {}},
    ),
    "an id that is null in brackets": named('"userId":"(null)"', **NOBODY),
    "an id that is null in angle brackets": named('"userId":"<null>"', **NOBODY),
    "an id that is null in quotes": named(r'"userId":"\"null\""', **NOBODY),
    "an id that is null in wide letters": named(r'"userId":"\uff4e\uff55\uff4c\uff4c"', **NOBODY),
    "an id that an SDK gives before anybody is known": named('"userId":"not_authenticated"', **NOBODY),
    "an id that is the name of a field": named('"anonymousId":"distinctid"', **NOBODY),
    "an id of a zero-width space": named(r'"userId":"\u200b"', **NOBODY),
    "an id of NUL": named(r'"anonymousId":"\u0000"', **NOBODY),
    "an id with spaces around it": named(r'"userId":"\ufeff u 1\u00a0\n"', event={"user_id": "u 1"}),
    "traits in the context beside the call's own": Row(
        '{"type":"identify","userId":"u1","traits":{"plan":"x","age":4},'
        '"context":{"traits":{"email":"a@shop.example","age":3}}}',
        event={"traits": {"plan": "x", "email": "a@shop.example", "age": 4}},
    ),
    "an integer of 24 digits for a text": track(
        '"userId":"u1","properties":{"text":123456789012345678901234}',
        STRICT,
        event={"properties": {"text": "123456789012345678901234"}},
    ),
    "an integer of 24 digits that no definition knows": track(
        '"userId":"u1","properties":{"code":123456789012345678901234,"list":[-98765432109876543210]}',
        event={"properties": {"code": "123456789012345678901234", "list": '["-98765432109876543210"]'}},
    ),
    "an integer of 24 digits as an id": track(
        '"userId":123456789012345678901234', event={"user_id": "123456789012345678901234"}
    ),
    "an integer of 24 digits for a number": track(
        '"userId":"u1","properties":{"price":123456789012345678901234}',
        STRICT,
        event={"properties": {"price": 123456789012345678901234.0}},
    ),
    "the largest integer of 64 bits for a text": track(
        '"userId":"u1","properties":{"text":18446744073709551615}',
        STRICT,
        event={"properties": {"text": "18446744073709551615"}},
    ),
    "a fraction for a text": track(
        '"userId":"u1","properties":{"text":12.5}', STRICT, event={"properties": {"text": "12.5"}}
    ),
    "a fraction of more digits than are kept, for a text": track(
        '"userId":"u1","properties":{"text":0.30000000000000004441}', STRICT, refused="wrong_type"
    ),
    "a number with an exponent for a text": track(
        '"userId":"u1","properties":{"text":1e30}', STRICT, refused="wrong_type"
    ),
    "half an emoji in a property": track(
        r'"userId":"u1","properties":{"text":"ok \ud83d"}',
        STRICT,
        event={"properties": {"text": "ok \ufffd"}},
        observed="text_repaired",
    ),
    "half an emoji in the name of a property, within a list": track(
        r'"userId":"u1","properties":{"list":[{"\udc00a":"\ude00"}]}',
        OBSERVE,
        event={"properties": {"list": [{"\ufffda": "\ufffd"}]}},
        observed="text_repaired",
    ),
    "half an emoji in an id": track(
        r'"userId":"u\ud83d"', event={"user_id": r"u\ud83d"}, observed="text_repaired"
    ),
    "half an emoji in an id beside another": track(
        r'"userId":"u1","context":{"externalIds":[{"type":"crm","id":"c\udc00"}]}',
        event={"user_id": "u1", "other_ids": {"crm": r"c\udc00"}},
        observed="text_repaired",
    ),
    "both halves of an emoji in an id": track(r'"userId":"u\ud83d\ude00"', event={"user_id": "u\U0001f600"}),
    "an id of half an emoji": track(r'"userId":"\ud83d"', **NOBODY),
    "an id of what somebody could not read": track(r'"userId":"\ufffd\ufffd"', **NOBODY),
    "an id that its halves make too long": track(f'"userId":"{"u" * 195}\\ud83d"', refused="malformed"),
    "an id that its halves make as long as may be": track(
        f'"userId":"{"u" * 194}\\ud83d"', event={"user_id": "u" * 194 + r"\ud83d"}, observed="text_repaired"
    ),
    **{
        f"a time written {how}": track(
            f'"userId":"u1","timestamp":"{written}"', STRICT, event={"occurred_at": NOON - timedelta(hours=1)}
        )
        for how, written in {
            "with blanks around it": " 2026-11-21T11:00:00Z\\u00a0",
            "in small letters": "2026-11-21t11:00:00z",
            "with the name of its zone": "2026-11-21 11:00:00 UTC",
            "as mail has it": "Sat, 21 Nov 2026 11:00:00 GMT",
            "as mail has it elsewhere": "Sat, 21 Nov 2026 14:00:00 +0300",
        }.items()
    },
    "a leap second": track(
        '"userId":"u1","timestamp":"2026-06-30T23:59:60.5Z"',
        event={"occurred_at": datetime(2026, 6, 30, 23, 59, 59, 500_000, UTC)},
    ),
    "the end of a day": track(
        '"userId":"u1","timestamp":"2026-11-20T24:00:00+00:00"',
        event={"occurred_at": NOON - timedelta(hours=12)},
    ),
    **{
        f"no time: {written[:30]}": track(
            f'"userId":"u1","timestamp":"{written}"', STRICT, refused="malformed"
        )
        for written in (
            "2026-11-21T11:00:00ZZ",
            "2026-11-21T12:00:60Z",
            "2026-11-21T24:00:01Z",
            "9999-12-31T24:00:00Z",
            "9999-12-31T23:59:60-14:00",
            "Sat, 41 Nov 2026 11:00:00 GMT",
            "Sat, 21",
            "noon UTC",
            "UTC",
            "2026-11-21T11:00:00Z" + " " * 64,
        )
    },
    "a clock of 1970": track(
        f'"userId":"u1","timestamp":"{HOUR_AGO}"',
        batch='"sentAt":"1970-01-01T00:00:00Z"',
        event={"occurred_at": NOON - timedelta(hours=1)},
    ),
    "a clock of the last hour of 2009": track(
        f'"userId":"u1","timestamp":"{HOUR_AGO}"',
        batch='"sentAt":"2009-12-31T23:59:59Z"',
        event={"occurred_at": NOON - timedelta(hours=1)},
    ),
    "a clock of 2015 that only sends": track(
        f'"userId":"u1","timestamp":"{HOUR_AGO}"',
        batch='"sentAt":"2015-06-01T00:00:00Z"',
        event={"occurred_at": NOON - timedelta(hours=1)},
    ),
    "a clock of 2015 in all it says": track(
        '"userId":"u1","timestamp":"2015-05-31T23:00:00Z"',
        batch='"sentAt":"2015-06-01T00:00:00Z"',
        event={"occurred_at": NOON - timedelta(hours=1)},
    ),
    "a clock of 2099 that only sends": track(
        f'"userId":"u1","timestamp":"{HOUR_AGO}"',
        batch='"sentAt":"2099-01-01T00:00:00Z"',
        event={"occurred_at": NOON - timedelta(hours=1)},
    ),
    "a timestamp that cannot be read": track(
        '"userId":"u1","timestamp":"2026-11-21T08:00:27.029:Z"',
        event={"occurred_at": NOON, "original_timestamp": None},
        observed="timestamp_unreadable",
    ),
    "a timestamp that cannot be read, observed": track(
        '"userId":"u1","timestamp":"2026-11-21T08:00:27.029:Z"',
        OBSERVE,
        event={"occurred_at": NOON},
        observed="timestamp_unreadable",
    ),
    "a timestamp that cannot be read, and when it was sent": track(
        '"userId":"u1","timestamp":"yesterday"',
        batch='"sentAt":"2026-11-21T11:58:00Z"',
        event={"occurred_at": NOON - timedelta(minutes=2)},
        observed="timestamp_unreadable",
    ),
    "a timestamp that cannot be read, sent by a clock of 1970": track(
        '"userId":"u1","timestamp":"yesterday"',
        batch='"sentAt":"1970-01-01T00:00:00Z"',
        event={"occurred_at": NOON},
        observed="timestamp_unreadable",
    ),
    "a timestamp that cannot be read, to a strict source": track(
        '"userId":"u1","timestamp":"2026-11-21T08:00:27.029:Z"', STRICT, refused="malformed"
    ),
    "a timestamp that cannot be read, beside another fault": track(
        '"userId":"null","timestamp":"2026-11-21T08:00:27.029:Z"', refused="no_identity"
    ),
}
