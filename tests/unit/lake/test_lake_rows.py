"""Whatever a client sent, its row fits the table."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.lake.rows import line, revenue, row, text, time_text
from shared.lake.schema import COLUMNS
from tests.fakes.archived import NOON, archived

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
PARTS = ("device", "os", "app", "library", "location", "page", "campaign", "locale", "timezone")
CONTEXT = st.fixed_dictionaries(
    {},
    optional={part: JSON | st.dictionaries(st.sampled_from(["id", "name", "url"]), JSON) for part in PARTS},
)
PROPERTIES = st.dictionaries(
    st.sampled_from(["amount", "revenue", "currency", "url"]) | st.text(max_size=8), JSON, max_size=5
)
TIMES = st.datetimes(
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))])
)


def test_a_row_has_exactly_the_columns_of_the_table() -> None:
    assert sorted(row(archived())) == sorted(name for name, _ in COLUMNS)


@given(
    context=CONTEXT, properties=PROPERTIES, at=TIMES, name=st.text(), kind=st.sampled_from(["track", "page"])
)
def test_every_value_has_its_columns_type(
    context: dict[str, Any], properties: dict[str, Any], at: datetime, name: str, kind: str
) -> None:
    made = row(archived(type=kind, name=name, context=context, properties=properties, original_timestamp=at))

    for column, glue in COLUMNS:
        assert made[column] is None or fits(made[column], glue), (column, made[column])


def fits(value: object, glue: str) -> bool:
    if glue == "string":
        return isinstance(value, str) and "\x00" not in value
    if glue == "int":
        return type(value) is int
    if glue == "double":
        return type(value) is float and math.isfinite(value)
    if glue == "timestamp":
        return isinstance(value, str) and bool(
            datetime.strptime(value, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
        )
    assert glue == "map<string,string>"
    return isinstance(value, dict) and all(isinstance(part, str) for pair in value.items() for part in pair)


@given(context=CONTEXT, properties=PROPERTIES, name=st.text())
def test_a_line_is_one_line_of_json_that_reads_back_as_the_row(
    context: dict[str, Any], properties: dict[str, Any], name: str
) -> None:
    one = archived(name=name, context=context, properties=properties)

    written = line(one)

    assert written.count(b"\n") == 1
    assert written.endswith(b"\n")
    assert json.loads(written) == {column: value for column, value in row(one).items() if value is not None}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("as it is", "as it is"),
        (True, "true"),
        (1500, "1500"),
        (1.5, "1.5"),
        (["a", 1, None], '["a",1,null]'),
        ({"a": {"b": 1}}, '{"a":{"b":1}}'),
        ("a\x00b", "ab"),
        ("half \ud800", "half \ufffd"),
        (2**70, "1180591620717411303424"),
        (["\ud800"], '["\\ud800"]'),
        (None, None),
    ],
)
def test_a_value_is_kept_as_text(value: object, kept: str | None) -> None:
    assert text(value) == kept


def test_a_property_without_a_value_is_left_out() -> None:
    assert row(archived(properties={"sku": None, "amount": 3}))["properties"] == {"amount": "3"}


def test_times_are_utc_with_milliseconds() -> None:
    istanbul = timezone(timedelta(hours=3))
    assert time_text(datetime(2026, 11, 21, 3, 4, 5, 678_901, tzinfo=istanbul)) == "2026-11-21 00:04:05.678"


def test_a_year_has_four_digits() -> None:
    assert time_text(datetime(33, 4, 3, tzinfo=UTC)) == "0033-04-03 00:00:00.000"


def test_a_time_that_utc_cannot_say_is_left_out() -> None:
    assert time_text(datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))) is None


def test_device_app_and_campaign_come_from_the_context() -> None:
    made = row(
        archived(
            context={
                "device": {"id": "d1", "type": "ios", "model": "iPhone17,1"},
                "os": {"name": "iOS", "version": "20.1"},
                "app": {"name": "Shop", "version": 3},
                "campaign": {"source": "newsletter", "name": "Black Friday"},
                "location": {"country": "Turkey"},
                "locale": "tr-TR",
            }
        )
    )

    assert made["device_id"] == "d1"
    assert made["device_model"] == "iPhone17,1"
    assert made["os_version"] == "20.1"
    assert made["app_version"] == "3"
    assert made["campaign_source"] == "newsletter"
    assert made["campaign_name"] == "Black Friday"
    assert made["country"] == "Turkey"
    assert made["locale"] == "tr-TR"


def test_a_page_event_may_say_where_it_was_in_its_properties() -> None:
    page = archived(type="page", name="page", properties={"url": "https://shop.example/a", "name": "A"})
    assert row(page)["page_url"] == "https://shop.example/a"


def test_another_events_properties_say_nothing_of_the_page() -> None:
    assert row(archived(properties={"url": "https://shop.example/a"}))["page_url"] is None


def test_personal_data_of_the_traits_and_the_network_stays_out() -> None:
    one = archived(
        traits={"email": "ada@shop.example"},
        context={"ip": "203.0.113.9", "user_agent": "Mozilla/5.0 (secret)"},
    )
    assert not any(said in line(one) for said in (b"ada@", b"203.0.113.9", b"Mozilla"))


@pytest.mark.parametrize(
    ("name", "properties", "expected"),
    [
        ("Complete Purchase", {"amount": 1500}, 1500.0),
        ("Complete Purchase", {"amount": 1500, "revenue": 1400.5}, 1400.5),
        ("Order Completed", {"total": "27.50"}, 27.5),
        ("Add To Cart", {"amount": 10}, None),
        ("Add To Cart", {"revenue": 10}, 10.0),
        ("Complete Purchase", {"amount": True}, None),
        ("Complete Purchase", {"amount": "much"}, None),
        ("Complete Purchase", {"amount": "nan"}, None),
        ("Complete Purchase", {"amount": math.inf}, None),
    ],
)
def test_revenue_is_what_a_purchase_brought_in(
    name: str, properties: dict[str, Any], expected: float | None
) -> None:
    assert revenue(archived(name=name, properties=properties).event) == expected


def test_the_lines_are_read_as_the_tables_types(tmp_path: Any) -> None:
    file = tmp_path / "rows.json"
    file.write_bytes(line(archived("a", properties={"amount": 1, "tags": ["x"]})) + line(archived("b")))

    read = (
        duckdb.connect()
        .execute(
            f"SELECT event_id, occurred_at, properties['tags'] FROM read_json('{file}', columns = "
            "{event_id: 'VARCHAR', occurred_at: 'TIMESTAMP', properties: 'MAP(VARCHAR, VARCHAR)'}) ORDER BY 1"
        )
        .fetchall()
    )

    noon = NOON.replace(tzinfo=None)
    assert read == [("a", noon, '["x"]'), ("b", noon, None)]
