"""docs/lake.md says what is so: its columns are the table's, and each of its queries runs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlglot

from cli.checkout import ROOT
from cli.lake.queries import named_queries
from shared.lake.schema import COLUMNS, PARTITIONS
from shared.plan.reasons import Code
from shared.rejected import RejectedItem, RejectedReason, RejectedRequest
from tests.fakes.archived import NOON, archived
from tests.fakes.lake import FakeLake

PAGE = (ROOT / "docs" / "lake.md").read_text()
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


def refused(event_id: str) -> RejectedRequest:
    reason = RejectedReason(code=Code.UNKNOWN_EVENT, field="name", message="no such event")
    return RejectedRequest(
        request="019aa6f5-2c00-7000-8000-000000000001",
        source="shop",
        protocol="headrace",
        trust="server",
        received_at=NOON,
        expires_at=1,
        items=(RejectedItem(index=0, event_id=event_id, reasons=(reason,), body=b"{}"),),
    )


@pytest.fixture
def shop(lake: FakeLake) -> FakeLake:
    visit = {"campaign": {"source": "newsletter"}}
    bought = {"amount": 1500, "currency": "USD"}
    lake.add(archived("1", name="Login"), dt="2026-11-21")
    lake.add(archived("2", name="Add To Cart", properties={"sku": "mug"}, context=visit), dt="2026-11-21")
    lake.add(archived("3", name="Complete Purchase", properties=bought), dt="2026-11-21")
    lake.add_rejected(refused("r"), dt="2026-11-21")
    return lake


def test_the_columns_are_the_tables() -> None:
    assert re.findall(r"^\| `(\w+)` \| (\S+) \|", PAGE, re.MULTILINE) == [*COLUMNS, *PARTITIONS]


@pytest.mark.parametrize("sql", QUERIES)
def test_an_example_finds_something(shop: FakeLake, sql: str) -> None:
    [row, *_] = shop.ask(sql)
    assert all(value is not None for value in row.values()), row


def test_the_funnel_counts_who_took_the_steps_one_after_the_other(lake: FakeLake) -> None:
    steps = {
        "all": ["Add To Cart", "Start Checkout", "Complete Purchase"],
        "backwards": ["Complete Purchase", "Start Checkout", "Add To Cart"],
        "skipping": ["Add To Cart", "Complete Purchase"],
        "again": ["Complete Purchase", "Add To Cart", "Add To Cart", "Start Checkout"],
    }
    for person, names in steps.items():
        for n, name in enumerate(names):
            at = NOON + timedelta(minutes=n)
            lake.add(
                archived(
                    f"{person}{n}", person=person, key=person, user_id=person, name=name, occurred_at=at
                ),
                dt="2026-11-21",
            )
    [funnel] = [sql for sql in QUERIES if "as step" in sql]
    assert [tuple(row.values()) for row in lake.ask(funnel)] == [
        (1, "Add To Cart", 4),
        (2, "Start Checkout", 2),
        (3, "Complete Purchase", 1),
    ]


@pytest.fixture
def login(lake: FakeLake) -> FakeLake:
    """Two people each come by a campaign, add to the cart, log in, check out and buy within a few minutes; one's
    visit was processed together with the login, and so has the user's key. A third one never logs in."""
    visit: dict[str, Any] = {"context": {"campaign": {"source": "newsletter"}}}
    for user, before in (("ada", "anonymous:va"), ("ben", "user:ben")):
        anonymous: dict[str, Any] = {
            "person": before,
            "key": f"anonymous:v{user[0]}",
            "user_id": None,
            "anonymous_id": f"v{user[0]}",
        }
        known: dict[str, Any] = {"person": f"user:{user}", "key": f"user:{user}", "user_id": user}
        for n, (name, whose, more) in enumerate(
            [
                ("page", anonymous, visit),
                ("Add To Cart", anonymous, {}),
                ("identify", {**known, "anonymous_id": f"v{user[0]}"}, {}),
                ("Start Checkout", known, {}),
                ("Complete Purchase", known, {"properties": {"amount": 20}}),
            ]
        ):
            at = NOON + timedelta(minutes=n)
            lake.add(archived(f"{user}{n}", name=name, occurred_at=at, **whose, **more), dt="2026-11-21")
    only_looks: dict[str, Any] = {"person": "anonymous:vc", "key": "anonymous:vc", "user_id": None}
    lake.add(archived("c0", name="Add To Cart", anonymous_id="vc", **only_looks), dt="2026-11-21")
    return lake


@pytest.mark.parametrize(
    ("marked_by", "rows"),
    [
        ("as who, count(*)", [("user:ada", 5), ("user:ben", 5), ("anonymous:vc", 1)]),
        ("as step", [(1, "Add To Cart", 3), (2, "Start Checkout", 2), (3, "Complete Purchase", 2)]),
        ("first_source", [("newsletter", 2, 40.0)]),
        (
            "as started_at",
            [
                ("anonymous:vc", NOON, NOON, 1),
                ("user:ada", NOON, NOON + timedelta(minutes=4), 5),
                ("user:ben", NOON, NOON + timedelta(minutes=4), 5),
            ],
        ),
    ],
)
def test_who_logs_in_on_the_way_is_one_person(
    login: FakeLake, marked_by: str, rows: list[tuple[object, ...]]
) -> None:
    [sql] = [one for one in QUERIES if marked_by in one]
    found = [
        tuple(value.replace(tzinfo=UTC) if isinstance(value, datetime) else value for value in row.values())
        for row in login.ask(sql)
    ]
    assert found == rows


def test_all_reasons_of_rejected_events_are_counted(lake: FakeLake) -> None:
    request = refused("r")
    more = RejectedReason(code=Code.WRONG_TYPE, field="properties.amount", message="no number")
    [item] = request.items
    both = item.model_copy(update={"reasons": (*item.reasons, more)})
    lake.add_rejected(request.model_copy(update={"items": (both,)}), dt="2026-11-21")
    [sql] = [one for one in QUERIES if "json_parse(reasons)" in one]
    assert [tuple(row.values()) for row in lake.ask(sql)] == [
        ("unknown_event", "name", 1),
        ("wrong_type", "properties.amount", 1),
    ]


@pytest.mark.parametrize("sql", QUERIES)
def test_an_example_has_its_rows_in_an_order(sql: str) -> None:
    query = sqlglot.parse_one(sql, read="athena")
    assert query.args.get("order") is not None or not (query.args.get("group") or "limit" in sql)


@pytest.mark.parametrize("sql", QUERIES)
def test_an_example_is_athenas_sql(sql: str) -> None:
    assert isinstance(sqlglot.parse_one(sql, read="athena"), sqlglot.exp.Query)


def test_the_page_shows_named_queries_that_exist() -> None:
    shown = set(re.findall(r"--named (\w+)", PAGE))
    assert shown
    assert shown <= set(named_queries())
