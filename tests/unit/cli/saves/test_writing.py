"""A save is the state of one instant, and says what it could not save."""

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
from typing import Any

import pytest

from cli.emulator import saving
from cli.emulator.saving import SaveFailed, Saver
from cli.laptop import saves, stored
from cli.laptop.laptop import Laptop
from tests.unit.cli.saves.states import NOON, content, make, unfinished


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


def test_a_save_without_a_service_that_the_one_before_had_is_refused(laptop: Laptop) -> None:
    make(laptop, s3=lambda: "buckets", sqs=lambda: "1")

    with pytest.raises(SaveFailed, match="it lacks s3"):
        make(laptop, sqs=lambda: "2")

    assert json.loads(content(saves.newest(laptop))["s3"])["payload"] == "buckets"
    assert not unfinished(laptop)


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
