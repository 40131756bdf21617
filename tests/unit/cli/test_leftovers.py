"""Functions that a killed emulator left at work are ended before the next one starts; nobody else is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.laptop import leftovers
from cli.laptop.laptop import Laptop
from cli.laptop.pid_lock import held

SLEEPS = "import time; time.sleep(60)"
EMULATOR = """
import subprocess, sys
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", sys.argv[1]])
print(worker.pid, flush=True)
worker.wait()
"""


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path / "home")


@pytest.fixture
def killed(laptop: Laptop) -> Iterator[int]:
    """The worker of an emulator that was killed, whose number is in the lock's file."""
    emulator = subprocess.Popen(
        [sys.executable, "-c", EMULATOR, str(laptop.scratch / "worker.py")],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert emulator.stdout is not None
    worker = int(emulator.stdout.readline())
    emulator.kill()
    emulator.wait()
    laptop.directory.mkdir()
    laptop.lock.write_text(str(emulator.pid))
    yield worker
    if is_alive(worker):
        os.kill(worker, signal.SIGKILL)


def is_alive(process: int) -> bool:
    """And no zombie, which has no command line. Looked at more than once: a list of all processes is never of one
    instant."""
    for _ in range(5):
        if any(one.id == process and one.command for one in leftovers._processes()):
            return True
        time.sleep(0.05)
    return False


def test_a_worker_of_a_killed_emulator_is_ended(laptop: Laptop, killed: int) -> None:
    assert is_alive(killed)
    assert leftovers.end(laptop) == 1
    assert not is_alive(killed)


def test_without_proc_it_is_found_too(laptop: Laptop, killed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "PROC", Path("/no-such-folder"))

    assert leftovers.end(laptop) == 1


def test_one_of_an_emulator_that_runs_is_left_alone(laptop: Laptop, killed: int) -> None:
    with held(laptop.lock):
        assert leftovers.end(laptop) == 0
    assert is_alive(killed)


def test_a_group_that_got_the_same_number_since_is_left_alone(laptop: Laptop, killed: int) -> None:
    other = Laptop(laptop.directory.with_name("other"))
    other.directory.mkdir()
    other.lock.write_text(laptop.lock.read_text())

    assert leftovers.end(other) == 0
    assert is_alive(killed)


def test_a_directory_whose_name_only_begins_like_it_is_another(laptop: Laptop, killed: int) -> None:
    shorter = Laptop(laptop.directory.with_name(laptop.directory.name[:-1]))
    shorter.directory.mkdir()
    shorter.lock.write_text(laptop.lock.read_text())

    assert leftovers.end(shorter) == 0
    assert is_alive(killed)


def test_it_never_ends_itself(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    own = [leftovers.Process(os.getpid(), 7, f"headrace up {laptop.directory}")]
    monkeypatch.setattr(leftovers, "_processes", lambda: iter(own))
    monkeypatch.setattr(leftovers, "SECONDS", 0.0)
    ended: list[int] = []
    monkeypatch.setattr(os, "kill", lambda process, _signal: ended.append(process))
    laptop.directory.mkdir()
    laptop.lock.write_text("7")

    assert leftovers.end(laptop) == 0
    assert ended == []


@pytest.mark.parametrize("content", [None, "", "not a number"])
def test_without_a_number_there_is_nobody_to_look_for(laptop: Laptop, content: str | None) -> None:
    laptop.directory.mkdir()
    if content is not None:
        laptop.lock.write_text(content)

    assert leftovers.end(laptop) == 0
