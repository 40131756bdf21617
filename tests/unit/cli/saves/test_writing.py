"""Saves of the emulator's state: whole or not there, the last two kept, and made while the emulator goes on."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import resource
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ministack.core import persistence
from ministack.services import cloudformation, s3

from cli.laptop import bring_up, saves, saving, stored
from cli.laptop.laptop import Laptop
from cli.laptop.saves import Save
from cli.laptop.saving import SaveFailed, Saver

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    laptop = Laptop(tmp_path)
    stored.opened(laptop)
    return laptop


def saved(laptop: Laptop, **files: str) -> Save:
    """A save with these JSON files, linked to those of the one before where they are the same."""
    before = saves.newest(laptop)
    folder = saves.begin(laptop)
    for name, text in files.items():
        saves.add(folder, f"{name}.json", text.encode(), before)
    return saves.finish(laptop, folder, NOON, {})


def content(save: Save | None) -> dict[str, str]:
    assert save is not None
    return {path.stem: path.read_text() for path in save.folder.glob("*.json") if path.name != saves.CONTENTS}


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


def make(laptop: Laptop, **states: Callable[[], Any]) -> Saver:
    """One save of these services."""
    saver = Saver(laptop, lambda: states)
    asyncio.run(saver.save())
    return saver


def test_the_states_of_the_services_are_saved(laptop: Laptop) -> None:
    (laptop.data / stored.DEPLOYED).write_text("this code")
    before = datetime.now(UTC) - timedelta(seconds=1)
    saver = make(laptop, sqs=lambda: {"queues": {"a": b"\xff"}}, never_loaded=lambda: None)

    newest = saves.newest(laptop)
    assert newest == saver.last
    assert newest is not None
    assert json.loads(content(newest)["sqs"])["payload"] == {"queues": {"a": {"__bytes__": "/w=="}}}
    assert set(newest.contents.files) == {"sqs.json", stored.DEPLOYED}
    assert before <= newest.at <= datetime.now(UTC)
    assert saver.is_complete
    assert saver.status()["failure"] is None


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


def test_it_is_the_state_of_one_instant_however_long_the_writing_takes(laptop: Laptop) -> None:
    state = {"at": "the fork"}

    def slowly() -> dict[str, str]:
        time.sleep(0.5)
        return state

    async def while_it_changes() -> None:
        saver = Saver(laptop, lambda: {"sqs": slowly})
        saving_ = asyncio.create_task(saver.save())
        await asyncio.sleep(0.1)
        state["at"] = "later"
        assert not saving_.done()
        await saving_

    asyncio.run(while_it_changes())

    assert json.loads(content(saves.newest(laptop))["sqs"])["payload"] == {"at": "the fork"}


def test_a_service_that_cannot_be_saved_keeps_its_older_state_and_is_named(laptop: Laptop) -> None:
    make(laptop, athena=lambda: "older", sqs=lambda: "older")
    saver = make(laptop, athena=lambda: {"at": NOON}, sqs=lambda: "newer")

    newest = content(saver.last)
    assert {name: json.loads(text)["payload"] for name, text in newest.items()} == {
        "athena": "older",
        "sqs": "newer",
    }
    assert list(saver.status()["without"]) == ["athena"]
    assert not saver.is_complete


def test_when_the_disk_takes_no_more_it_says_so_and_goes_on(laptop: Laptop) -> None:
    full = [True]

    def states() -> dict[str, Callable[[], Any]]:
        if full:
            resource.setrlimit(
                resource.RLIMIT_FSIZE, (100, 100)
            )  # of the process that writes, and of no other
        return {"sqs": lambda: "x" * 1000}

    make(laptop, sqs=lambda: "older")
    saver = Saver(laptop, states)
    with pytest.raises(SaveFailed, match="File too large"):
        asyncio.run(saver.save())

    assert "File too large" in saver.status()["failure"]
    assert json.loads(content(saves.newest(laptop))["sqs"])["payload"] == "older"
    full.clear()
    asyncio.run(saver.save())
    assert saver.status()["failure"] is None
    assert json.loads(content(saves.newest(laptop))["sqs"])["payload"] == "x" * 1000


def test_a_save_that_hangs_is_given_up(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "LONGEST", 0.3)
    hanging = Saver(laptop, lambda: {"sqs": lambda: time.sleep(60)})

    with pytest.raises(SaveFailed, match="did not end"):
        asyncio.run(hanging.save())
    assert saves.newest(laptop) is None


def test_a_save_that_is_killed_is_none(laptop: Laptop) -> None:
    killed = Saver(laptop, lambda: {"sqs": lambda: os.kill(os.getpid(), signal.SIGKILL)})

    with pytest.raises(SaveFailed, match="ended with -9"):
        asyncio.run(killed.save())
    assert saves.newest(laptop) is None


def unfinished(laptop: Laptop) -> list[str]:
    return [folder.name for folder in laptop.saves.glob(f"{saves.UNFINISHED}*")]


def test_a_stop_in_the_middle_of_a_save_waits_for_it_and_makes_another(laptop: Laptop) -> None:
    at = ["first"]
    writing: list[int] = []

    def slowly() -> str:
        time.sleep(0.4)
        return at[0]

    async def stop() -> Saver:
        saver = Saver(laptop, lambda: {"s3": slowly, "sqs": slowly})
        fork = saver._fork

        def noted() -> tuple[int, int]:
            assert not any(is_running(process) for process in writing)
            reader, process = fork()
            writing.append(process)
            return reader, process

        saver._fork = noted  # type: ignore[method-assign]
        running = asyncio.create_task(saver.save())
        await asyncio.sleep(0.2)
        running.cancel()
        await asyncio.wait([running])
        at[0] = "second"
        await saver.save()
        return saver

    saver = asyncio.run(stop())

    assert len(writing) == 2
    assert saver.is_complete
    assert {json.loads(text)["payload"] for text in content(saves.newest(laptop)).values()} == {"second"}
    assert [folder.name for folder in sorted(laptop.saves.iterdir())] == ["0000000001", "0000000002"]


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_save_without_a_service_that_the_one_before_had_is_refused(laptop: Laptop) -> None:
    make(laptop, s3=lambda: "buckets", sqs=lambda: "1")

    with pytest.raises(SaveFailed, match="it lacks s3"):
        make(laptop, sqs=lambda: "2")

    assert json.loads(content(saves.newest(laptop))["s3"])["payload"] == "buckets"
    assert not unfinished(laptop)


def test_what_killed_writers_left_is_removed_at_a_start(laptop: Laptop) -> None:
    for name in ("unfinished", "unfinished-7"):
        (laptop.saves / name / saves.BLOBS).mkdir(parents=True)

    stored.opened(laptop)

    assert not unfinished(laptop)


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


def test_when_no_process_can_be_forked_it_says_so_and_leaves_no_descriptor_open(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_more() -> int:
        raise BlockingIOError("no more processes")

    saver = Saver(laptop, dict)
    monkeypatch.setattr(os, "fork", no_more)
    before = len(list(Path("/dev/fd").iterdir()))
    with pytest.raises(SaveFailed, match="no more processes"):
        asyncio.run(saver.save())

    assert len(list(Path("/dev/fd").iterdir())) == before
    assert "no more processes" in saver.status()["failure"]


@pytest.mark.parametrize("error", [FileNotFoundError("gone"), ChildProcessError("taken"), ValueError("odd")])
def test_whatever_a_save_fails_of_is_recorded(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: object) -> str:
        raise error

    saver = Saver(laptop, dict)
    with monkeypatch.context() as once:
        once.setattr(saves, "discard", fails)
        with pytest.raises(SaveFailed, match=str(error)):
            asyncio.run(saver.save())
    assert str(error) in saver.status()["failure"]

    asyncio.run(saver.save())
    assert saver.status()["failure"] is None


def test_a_pipe_with_a_high_number_is_read_too(laptop: Laptop) -> None:
    reader, writer = os.pipe()
    high = fcntl.fcntl(reader, fcntl.F_DUPFD, 1100)
    os.close(reader)
    process = os.fork()
    if process == 0:
        os.write(writer, b"what went wrong")
        os._exit(1)
    os.close(writer)

    assert saving._outcome(high, process, time.monotonic() + 10) == "what went wrong"


def test_while_it_deploys_nothing_is_saved_but_not_for_ever(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    saver = Saver(laptop, dict)
    status = {"StackStatus": "UPDATE_IN_PROGRESS"}
    monkeypatch.setitem(cloudformation._stacks._data, ("0", "r", "a"), status)
    monkeypatch.setattr(saving, "DEPLOYMENT_LONGEST", 0.2)

    assert saver._waits_for_a_deployment()
    time.sleep(0.3)
    assert not saver._waits_for_a_deployment()
    for harmless in ("UPDATE_COMPLETE", "REVIEW_IN_PROGRESS"):
        status["StackStatus"] = harmless
        assert not saver._waits_for_a_deployment()
    status["StackStatus"] = "CREATE_IN_PROGRESS"
    assert saver._waits_for_a_deployment()


def test_it_saves_again_and_again_whatever_one_try_does(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.lock.touch()
    monkeypatch.setattr(saving, "APART", 0.05)
    monkeypatch.setattr(saving, "ALIVE_APART", 0.01)
    tries: list[bool] = []

    def states() -> dict[str, Callable[[], Any]]:
        if len(tries) == 1:
            raise OSError("no space left on device")
        return {"sqs": lambda: len(tries)}

    saver = Saver(laptop, states)
    once = saver.save

    async def counted() -> None:
        tries.append(True)
        await once()

    monkeypatch.setattr(saver, "save", counted)

    async def for_a_while() -> None:
        keeping = asyncio.create_task(saver.keep_saving())
        while saver.last is None and not keeping.done():
            await asyncio.sleep(0.01)
        keeping.cancel()

    asyncio.run(asyncio.wait_for(for_a_while(), 20))
    assert len(tries) >= 2
    assert saver.last is not None


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
