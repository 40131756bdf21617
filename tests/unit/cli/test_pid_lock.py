"""A process is known to run by the lock it holds, never by a number in a file."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.laptop.pid_lock import HeldByAnother, held, holder

HOLD = (
    "import sys, time; from pathlib import Path; from cli.laptop.pid_lock import held\n"
    "with held(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
)


@contextmanager
def process_holding(path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_nobody_holds_a_lock_that_was_never_taken(tmp_path: Path) -> None:
    assert holder(tmp_path / "pid") is None


def test_the_holder_is_the_process_that_took_it(tmp_path: Path) -> None:
    with process_holding(tmp_path / "pid") as process:
        assert holder(tmp_path / "pid") == process.pid


def test_a_killed_process_holds_nothing_although_its_number_is_still_in_the_file(tmp_path: Path) -> None:
    with process_holding(tmp_path / "pid") as process:
        process.kill()
        process.wait()

        assert (tmp_path / "pid").read_text() == str(process.pid)
        assert holder(tmp_path / "pid") is None


def test_a_number_in_the_file_that_belongs_to_somebody_else_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "pid").write_text(str(os.getpid()))

    assert holder(tmp_path / "pid") is None


def test_a_second_process_cannot_take_it(tmp_path: Path) -> None:
    with process_holding(tmp_path / "pid"), pytest.raises(HeldByAnother), held(tmp_path / "pid", patience=0):
        pytest.fail("two hold it")


def test_it_can_be_taken_again_after_the_holder_is_done(tmp_path: Path) -> None:
    with held(tmp_path / "pid"):
        pass

    with held(tmp_path / "pid", patience=0):
        assert (tmp_path / "pid").read_text() == str(os.getpid())


def test_a_new_holder_waits_for_somebody_who_only_looks(tmp_path: Path) -> None:
    with process_holding(tmp_path / "pid") as process:
        process.kill()
        began = time.monotonic()
        with held(tmp_path / "pid", patience=5):
            assert time.monotonic() - began < 5
