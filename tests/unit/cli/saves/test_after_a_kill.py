"""What a kill loses after a save: counted, said, and not taken for deployed."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from ministack.core import persistence
from ministack.services import s3

from cli.emulator import saving
from cli.emulator.saving import Saver
from cli.laptop import bring_up, saves, stored
from cli.laptop.laptop import Laptop
from tests.unit.cli.saves.states import make


def test_requests_that_a_kill_would_lose_are_counted_from_the_fork_on(laptop: Laptop) -> None:
    saver = Saver(laptop, lambda: {"sqs": dict})
    fork = saver._fork

    def while_it_is_written() -> tuple[int, int]:
        forked = fork()
        saver.took()
        return forked

    saver._fork = while_it_is_written  # type: ignore[method-assign]
    for _ in range(3):
        saver.took()
    asyncio.run(saver.save())

    assert stored.accepted_since_save(laptop) == 1


@pytest.mark.parametrize(
    ("requests", "said"), [(3, "At least 3 accepted requests came"), (1, "1 accepted request came")]
)
def test_after_a_kill_it_says_how_many_requests_came_since_the_save(
    laptop: Laptop, requests: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make(laptop, sqs=dict)
    stored.accepted(laptop, requests)

    bring_up._say_what_is_lost(laptop)

    shown = " ".join(capsys.readouterr().out.split())
    assert said in shown
    assert "Send them again" in shown


def test_what_is_no_number_of_requests_is_none(laptop: Laptop) -> None:
    assert stored.accepted_since_save(laptop) is None
    (laptop.data / stored.ACCEPTED).write_text("")  # killed while it was written
    assert stored.accepted_since_save(laptop) is None


@pytest.mark.parametrize(
    ("in_the_save", "kept"),
    [(None, ["lake", "new"]), ([("0", "lake")], ["lake"])],
    ids=["without S3", "with one bucket"],
)
def test_only_buckets_made_after_a_save_of_s3_are_dropped(
    laptop: Laptop,
    monkeypatch: pytest.MonkeyPatch,
    in_the_save: list[tuple[str, str]] | None,
    kept: list[str],
) -> None:
    buckets: dict[tuple[str, str], Any] = {("0", "lake"): {}, ("0", "new"): {}}
    for account, bucket in buckets:
        (laptop.objects / account / bucket).mkdir(parents=True)
    monkeypatch.setattr(s3._buckets, "_data", buckets)
    known = (
        None if in_the_save is None else {"buckets_meta": SimpleNamespace(_data=dict.fromkeys(in_the_save))}
    )
    monkeypatch.setattr(persistence, "load_state", lambda _service: known)

    saving._drop_buckets_without_a_save(laptop)

    assert sorted(path.name for path in (laptop.objects / "0").iterdir()) == kept
    assert [bucket for _, bucket in buckets] == kept


def test_what_is_deployed_after_a_kill_is_what_was_at_the_save(laptop: Laptop) -> None:
    note = laptop.data / stored.DEPLOYED
    note.write_text("old code")
    make(laptop, sqs=lambda: "1")
    note.write_text("new code")

    save = stored.opened(laptop)

    assert save == saves.newest(laptop)
    assert note.read_text() == "old code"


def test_what_was_deployed_after_the_only_save_is_deployed_again(laptop: Laptop) -> None:
    make(laptop, sqs=lambda: "1")
    (laptop.data / stored.DEPLOYED).write_text("new code")

    stored.opened(laptop)

    assert stored.deployed(laptop) is None


def test_after_a_clean_stop_what_is_deployed_stays(laptop: Laptop) -> None:
    make(laptop, sqs=lambda: "1")
    (laptop.data / stored.DEPLOYED).write_text("new code")
    stored.closed(laptop)

    stored.opened(laptop)

    assert stored.deployed(laptop) == b"new code"
