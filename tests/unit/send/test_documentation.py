"""docs/operating.md explains every status and reason that `headrace messages` shows, and which go together."""

from __future__ import annotations

import re
from pathlib import Path

from functions.send.channels.channel import status_of
from shared.messaging.messages import Status, Why

PAGE = Path(__file__).resolve().parents[3] / "docs" / "operating.md"

NOT_DECLINED = {Status.WAITING, Status.UNCERTAIN}
"""Their reasons say why nothing was decided."""


def explained() -> list[tuple[Status, Why | None]]:
    """The rows of the table: a cell left empty is the status above."""
    section = PAGE.read_text(encoding="utf-8").split("## What became of a message\n")[1].split("\n## ")[0]
    found: list[tuple[Status, Why | None]] = []
    status: Status | None = None
    for statuses, reasons in re.findall(r"^\|([ `a-z]*)\|([ `a-z_,]*)\|", section, re.MULTILINE):
        named = re.findall(r"`([a-z]+)`", statuses)
        status = Status(named[0]) if named else status
        whys: list[Why | None] = [Why(reason) for reason in re.findall(r"`([a-z_]+)`", reasons)]
        if status is not None:
            found += [(status, why) for why in whys or [None]]
    return found


def test_every_status_and_every_reason_is_explained() -> None:
    assert {status for status, _ in explained()} == set(Status)
    assert {why for _, why in explained() if why} == set(Why)


def test_each_reason_stands_beside_the_status_it_ends_with() -> None:
    ends = [(status, why) for status, why in explained() if why and status not in NOT_DECLINED]

    assert ends == [(status_of(why), why) for _, why in ends]
