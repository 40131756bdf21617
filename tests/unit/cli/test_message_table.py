"""`headrace messages` on a terminal: it fits, and neither a word nor a time is cut in two."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from cli.messages.table import COLUMNS, LEAST, fold, shared_out, table_of

NOW = datetime(2026, 11, 30, 12, 20, tzinfo=UTC)


def message(**fields: Any) -> dict[str, Any]:
    return {
        "id": "4f0c1f8e-0000-7000-8000-000000000001",
        "person": "sacher-torte-lover@kitchen.example",
        "campaign": "order-confirmation-kitchen",
        "event": "Order Cake",
        "channel": "webhook",
        "status": "waiting",
        "reason": "provider_unavailable",
        "to": "http://127.0.0.1:9911/kitchen",
        "requested_at": "2026-11-30T12:19:52.123Z",
        **fields,
    }


def printed(found: list[dict[str, Any]], width: int) -> list[str]:
    """Its lines."""
    console = Console(file=StringIO(), width=width)
    console.print(table_of(found, width=width, now=NOW))
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text.splitlines()


def words(lines: list[str]) -> set[str]:
    return {word for line in lines for word in line.split()}


def test_eighty_columns_are_enough() -> None:
    lines = printed([message(), message(requested_at="2026-11-21T08:00:01Z", status="sent", reason=None)], 80)

    assert max(map(len, lines)) <= 80
    assert len(lines) <= 7
    assert "12:19:52" in lines[1]
    assert "11-21 08:00" in "\n".join(lines)
    assert {
        "4f0c1f8e", "webhook", "waiting", "provider_", "unavailable", "sent", "order-", "confirmation-", "kitchen",
    } <= words(lines)  # fmt: skip
    assert {"sacher-torte-", "lover@kitchen.", "example"} <= words(lines)


def test_messages_of_today_leave_the_date_out_and_are_a_line_each_when_they_are_short() -> None:
    short = message(person="u1", campaign="welcome", status="sent", reason=None)

    lines = printed([short] * 3, 80)

    assert len(lines) == 4
    assert "2026" not in "".join(lines)


@pytest.mark.parametrize("width", [140, 160])
def test_a_wide_terminal_shows_every_column_and_whole_times(width: int) -> None:
    lines = printed([message(person="u1", campaign="welcome")], width)

    assert [name for name in COLUMNS if name not in lines[0]] == []
    assert "2026-11-30 12:19:52" in lines[1]
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("reason", ["consent_not_given", "template_value_missing", "channel_not_configured"])
@pytest.mark.parametrize("width", [80, 100, 139, 140])
def test_a_reason_is_there_whole(reason: str, width: int) -> None:
    found = words(printed([message(reason=reason, status="skipped")], width))

    assert {"skipped", reason} <= found or all(
        any(word.strip("_") in one for one in found) for word in reason.split("_")
    )
    assert not any("…" in word for word in found)


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("kitchen", 7, ["kitchen"]),
        ("kitchen", 6, ["kitch…"]),
        ("order-cake", 6, ["order-", "cake"]),
        ("order-cake", 10, ["order-cake"]),
        ("Order Cake", 5, ["Order", "Cake"]),
        ("http://127.0.0.1:9911/kitchen", 16, ["http://", "127.0.0.1:9911/", "kitchen"]),
        ("", 6, [""]),
    ],
)
def test_text_is_folded_between_words(text: str, room: int, lines: list[str]) -> None:
    assert fold(text, room).split("\n") == lines


@given(st.text(), st.integers(LEAST, 40))
def test_no_folded_line_is_longer_than_its_room(text: str, room: int) -> None:
    assert all(cell_len(line) <= room for line in fold(text.replace("\n", " "), room).split("\n"))


@given(
    st.dictionaries(st.text(max_size=3), st.integers(1, 200), min_size=1, max_size=4), st.integers(24, 200)
)
def test_columns_share_the_room_that_there_is(wanted: dict[str, int], room: int) -> None:
    given_ = shared_out(wanted, room)

    assert sum(given_.values()) <= room
    assert all(given_[name] <= max(LEAST, width) for name, width in wanted.items())
    if sum(wanted.values()) <= room and min(wanted.values()) >= LEAST:
        assert given_ == wanted
