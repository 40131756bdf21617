"""Saves of the emulator's state: whole or not there, and the last two kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.laptop import saves, stored
from cli.laptop.laptop import Laptop
from tests.unit.cli.saves.states import content, saved, unfinished


def test_there_is_none_at_first(laptop: Laptop) -> None:
    assert saves.newest(laptop) is None


def test_the_newest_counts_and_one_before_it_is_kept(laptop: Laptop) -> None:
    for text in ("1", "2", "3"):
        saved(laptop, sqs=text)

    assert content(saves.newest(laptop)) == {"sqs": "3"}
    assert [folder.name for folder in sorted(laptop.saves.iterdir())] == ["0000000002", "0000000003"]


def test_one_that_was_not_finished_does_not_count_and_is_cleared_away(laptop: Laptop) -> None:
    saved(laptop, sqs="1")
    unfinished = saves.begin(laptop)
    saves.add(unfinished, "sqs.json", b"2", None)

    assert content(saves.newest(laptop)) == {"sqs": "1"}
    assert content(saved(laptop, s3="3")) == {"s3": "3"}


@pytest.mark.parametrize("spoiled", ["sqs.json", saves.CONTENTS])
@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(b"{"), Path.unlink])
def test_one_that_the_disk_spoiled_does_not_count(
    laptop: Laptop, spoiled: str, spoil: Callable[[Path], object]
) -> None:
    saved(laptop, sqs="1")
    spoil(saved(laptop, sqs="2").folder / spoiled)

    assert content(saves.newest(laptop)) == {"sqs": "1"}


def test_what_did_not_change_is_written_once(laptop: Laptop) -> None:
    first = saved(laptop, sqs="1", s3="1")
    second = saved(laptop, sqs="1", s3="2")

    assert (first.folder / "sqs.json").samefile(second.folder / "sqs.json")
    assert content(second) == {"sqs": "1", "s3": "2"}
    assert content(first) == {"sqs": "1", "s3": "1"}


def test_what_killed_writers_left_is_removed_at_a_start(laptop: Laptop) -> None:
    for name in ("unfinished", "unfinished-7"):
        (laptop.saves / name / saves.BLOBS).mkdir(parents=True)

    stored.opened(laptop)

    assert not unfinished(laptop)
