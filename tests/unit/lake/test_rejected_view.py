"""The view `rejected`: each rejected event once, beside the events that were brought in since."""

from __future__ import annotations

from datetime import UTC, datetime

from shared.events import DOCTOR
from shared.plan.reasons import Code
from shared.rejected import RejectedItem, RejectedReason, RejectedRequest
from tests.fakes.archived import archived
from tests.fakes.lake import FakeLake

FRIDAY, SATURDAY = "2026-11-20", "2026-11-21"


def request(number: int, *codes: Code, source: str = "shop") -> RejectedRequest:
    """A request whose events were rejected, each for one of the codes."""
    items = tuple(
        RejectedItem(
            index=n,
            event_id=f"e{number}-{n}",
            name="Login",
            user_id="u1",
            reasons=(RejectedReason(code=code, field="name", message="no"),),
            body=b"{}",
        )
        for n, code in enumerate(codes)
    )
    return RejectedRequest(
        request=f"019aa6f5-2c00-7000-8000-{number:012d}",
        source=source,
        protocol="headrace",
        trust="server",
        received_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
        expires_at=1,
        items=items,
    )


def test_rejected_events_are_counted_by_reason(lake: FakeLake) -> None:
    lake.add_rejected(request(1, Code.UNKNOWN_EVENT, Code.TOO_OLD), dt=FRIDAY)
    lake.add_rejected(request(2, Code.UNKNOWN_EVENT), dt=SATURDAY)

    assert lake.ask("select code, count(*) as events from rejected group by code order by code") == [
        {"code": "too_old", "events": 1},
        {"code": "unknown_event", "events": 2},
    ]


def test_what_the_stream_brings_again_is_shown_once_also_over_midnight(lake: FakeLake) -> None:
    for dt in (FRIDAY, FRIDAY, SATURDAY):
        lake.add_rejected(request(1, Code.TOO_OLD), dt=dt)

    assert lake.ask("select dt from rejected") == [{"dt": FRIDAY}]
    assert lake.ask("select count(*) as c from rejected_raw") == [{"c": 3}]


def test_a_day_can_be_asked_for_by_itself(lake: FakeLake) -> None:
    lake.add_rejected(request(1, Code.TOO_OLD), dt=FRIDAY)
    lake.add_rejected(request(2, Code.TOO_OLD), dt=SATURDAY)

    [row] = lake.ask(f"select rejected_id, received_at from rejected where dt >= '{SATURDAY}'")

    assert row["rejected_id"] == "019aa6f5-2c00-7000-8000-000000000002-0"
    assert row["received_at"].hour == 12


def test_what_the_doctor_sends_is_left_out(lake: FakeLake) -> None:
    lake.add_rejected(request(1, Code.TOO_OLD, source=DOCTOR), dt=FRIDAY)

    assert lake.ask("select * from rejected") == []


def test_what_was_brought_in_since_is_found_among_the_events(lake: FakeLake) -> None:
    lake.add_rejected(request(1, Code.UNKNOWN_EVENT, Code.UNKNOWN_EVENT), dt=FRIDAY)
    lake.add(archived("e1-1", name="Login"), dt=SATURDAY)

    still_out = """
        select rejected.event_id
        from rejected
        left join events on events.event_id = rejected.event_id and events.source = rejected.source
        where events.event_id is null
    """
    assert lake.ask(still_out) == [{"event_id": "e1-0"}]


def test_an_empty_lake_has_typed_columns(lake: FakeLake) -> None:
    sql = "select date_trunc('day', received_at) as day from rejected where received_at > timestamp '2026-01-01'"
    assert lake.ask(sql) == []
