from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from shared.lake.values import value


@pytest.mark.parametrize(
    ("athena_type", "text", "meant"),
    [
        ("bigint", "42", 42),
        ("integer", "-1", -1),
        ("double", "1.5E7", 15_000_000.0),
        ("decimal", "12.30", Decimal("12.30")),
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("varchar", "42", "42"),
        ("varchar", "", ""),
        ("varchar", None, None),
        ("bigint", None, None),
        ("date", "2026-11-21", date(2026, 11, 21)),
        ("timestamp", "2026-11-21 18:10:00.123", datetime(2026, 11, 21, 18, 10, 0, 123_000, UTC)),
        (
            "timestamp with time zone",
            "2026-11-21 18:10:00.123 UTC",
            datetime(2026, 11, 21, 18, 10, 0, 123_000, UTC),
        ),
        (
            "timestamp with time zone",
            "2026-11-21 18:10:00 Europe/Istanbul",
            datetime(2026, 11, 21, 15, 10, tzinfo=UTC),
        ),
        ("timestamp", "2026-11-21 18:10:00+03:00", datetime(2026, 11, 21, 15, 10, tzinfo=UTC)),
        ("map", "{a=1}", "{a=1}"),
        ("json", '{"a":[1,null]}', {"a": [1, None]}),
        ("json", '"a"', "a"),
    ],
)
def test_text_is_read_as_its_type_says(athena_type: str, text: str | None, meant: object) -> None:
    found = value(athena_type, text)
    assert found == meant
    assert type(found) is type(meant)
