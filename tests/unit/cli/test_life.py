"""The emulator's life as the commands see it, without an emulator."""

from __future__ import annotations

import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.checkout import ROOT
from cli.emulator import pollers, saving
from cli.emulator import process as process_of_the_emulator
from cli.laptop import inspection, life, stored
from cli.laptop.laptop import Laptop
from cli.laptop.pid_lock import holder
from cli.main import typed
from cli.problem import Problem

HOLDER = """
import signal, sys, time
from pathlib import Path
from cli.laptop.pid_lock import held
def stop(*_):
    sys.exit(0)
signal.signal(signal.SIGTERM, stop if sys.argv[2] == "stops" else signal.SIG_IGN)
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path / "home")


@pytest.fixture
def emulator(laptop: Laptop, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    """A process that holds the lock as an emulator does, and stops when it is asked to, or does not."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(laptop.lock), request.param],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_stop_waits_longer_than_all_that_it_may_wait_for() -> None:
    assert pollers.PATIENCE + 2 * saving.LONGEST < life.STOP_SECONDS


@pytest.mark.parametrize("emulator", ["hangs"], indirect=True)
def test_destroy_forgets_everything_although_the_emulator_does_not_stop(
    laptop: Laptop, emulator: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADRACE_HOME", str(laptop.directory))
    monkeypatch.setattr(life, "STOP_SECONDS", 5.0)
    stored.opened(laptop)
    laptop.applied.write_text("{}")

    ended = CliRunner().invoke(typed, ["destroy", "--yes"])

    assert ended.exit_code == 0, ended.exception
    assert emulator.wait(5) < 0
    assert not laptop.data.exists()
    assert not laptop.applied.exists()


@pytest.mark.parametrize(
    ("emulator", "patience", "ends_with"),
    [("stops", 10.0, 0), ("hangs", 0.3, -9), ("stops", 0.0, -9)],
    indirect=["emulator"],
)
def test_one_that_is_ended_is_asked_to_stop_first_if_there_is_patience(
    laptop: Laptop, emulator: subprocess.Popen[bytes], patience: float, ends_with: int
) -> None:
    life.end(laptop, patience)

    assert holder(laptop.lock) is None
    assert emulator.wait(5) == ends_with


def instead_of_the_emulator(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """The process that is started runs this program, and all else is as it is for the emulator."""
    popen = subprocess.Popen

    def start(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        return popen([command[0], "-c", program, command[-1]], **options)

    monkeypatch.setattr(subprocess, "Popen", start)


def test_what_the_emulator_writes_is_its_owners_alone(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.directory.mkdir(mode=0o755)
    instead_of_the_emulator(monkeypatch, "import sys; open(sys.argv[1] + '/secret', 'w').close()")

    with pytest.raises(Problem, match="stopped at once"):
        life.start(laptop)

    assert (laptop.directory / "secret").stat().st_mode & 0o777 == 0o600
    assert laptop.directory.stat().st_mode & 0o777 == 0o700


def test_another_program_that_answers_on_the_port_is_not_taken_for_ours(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(life, "_answers", lambda _chosen: True)
    instead_of_the_emulator(monkeypatch, "import sys, time; time.sleep(0.3); sys.exit('port is taken')")

    with pytest.raises(Problem, match="stopped at once:\nport is taken"):
        life.start(laptop)


@pytest.mark.parametrize(("status", "body"), [(404, b"{}"), (200, b"<Error/>")])
def test_an_emulator_that_older_code_started_says_nothing_of_its_saves(status: int, body: bytes) -> None:
    class Older(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Older) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert inspection.saves(f"http://127.0.0.1:{server.server_port}") is None
        server.shutdown()


def test_the_emulators_own_log_level_is_not_its_functions(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Powertools reads the same variable: what functions say at INFO would be nowhere."""
    monkeypatch.setenv("LOG_LEVEL", "WARNING")

    with pytest.raises(SystemExit, match="no ports were chosen"):
        process_of_the_emulator.run(laptop)

    assert "LOG_LEVEL" not in os.environ
