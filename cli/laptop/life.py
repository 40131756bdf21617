"""The emulator's life: started in the background, waited for, stopped so that it saves what it knows, or ended."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from cli.checkout import ROOT
from cli.laptop import leftovers, ports, saves, stored
from cli.laptop.laptop import Laptop
from cli.laptop.pid_lock import holder
from cli.laptop.ports import HOST, Ports
from cli.problem import Problem

START_SECONDS = 120.0
STOP_SECONDS = 300.0
"""Longer than all that a stop may wait for: functions at work (20 s), the save being made and the last (120 s each)."""
GOES_ON = "`headrace up` continues from its last save, if there is one."
HANGS_SECONDS = 20.0
"""Seconds without an answer after which an emulator is taken to hang: it does one thing at a time, some are long."""
ASKED_SECONDS = 60.0
"""Seconds that one which is taken to hang has to stop by itself, before it is ended: it may only be busy."""


def running(laptop: Laptop) -> Ports | None:
    """The ports of the running emulator."""
    return ports.remembered(laptop) if holder(laptop.lock) else None


def start(laptop: Laptop, collect_port: int | None = None) -> Ports:
    """Start it from its newest save, if there is one, and wait until it answers."""
    laptop.directory.mkdir(parents=True, exist_ok=True)
    laptop.directory.chmod(0o700)  # saves hold what Secrets Manager does
    chosen = ports.choose(laptop, collect_port)
    leftovers.end(laptop)
    stored.empty_scratch(laptop)
    laptop.scratch.mkdir()
    ports.remember(laptop, chosen)
    with laptop.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.emulator.process", str(laptop.directory)],
            cwd=ROOT,
            env=_environment(laptop, chosen),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # it outlives the terminal
            umask=0o077,
        )
    deadline = time.monotonic() + START_SECONDS
    while not (
        _answers(chosen) and holder(laptop.lock) == process.pid
    ):  # another program may have taken the port
        if process.poll() is not None:
            raise Problem(
                f"The emulator stopped at once:\n{_tail(laptop.log)}",
                f"Its log: {laptop.log}\nTo start from nothing, with the workspace that was applied last: "
                f"mv {laptop.data} {laptop.data}.old && headrace up",
            )
        if time.monotonic() > deadline:
            process.terminate()
            raise Problem(
                f"The emulator did not answer within {START_SECONDS:.0f} s", f"Its log: {laptop.log}"
            )
        time.sleep(0.05)
    return chosen


def stop(laptop: Laptop) -> bool:
    """Stop it and wait until everything is saved. False when it did not run."""
    process = holder(laptop.lock)
    if process is None:
        return False
    os.kill(process, signal.SIGTERM)
    if not _has_ended(laptop, process, STOP_SECONDS):
        end(laptop)
        raise Problem(
            f"The emulator (process {process}) did not stop within {STOP_SECONDS:.0f} s and was ended: {_kept(laptop)}",
            f"{GOES_ON} Its log: {laptop.log}",
        )
    if stored.is_torn(laptop):
        raise Problem(
            f"The emulator could not save everything: {_kept(laptop)}", f"{GOES_ON} Its log: {laptop.log}"
        )
    stored.empty_scratch(laptop)
    return True


def end(laptop: Laptop, patience: float = 0.0) -> None:
    """End it and its functions; what it did not save is gone. With `patience`, it is first given as many seconds to
    stop by itself, and to save."""
    process = holder(laptop.lock)
    if process is not None and patience:
        os.kill(process, signal.SIGTERM)
    if process is not None and not (patience and _has_ended(laptop, process, patience)):
        os.kill(process, signal.SIGKILL)
        _has_ended(laptop, process, STOP_SECONDS)
    leftovers.end(laptop)


def hangs(chosen: Ports) -> bool:
    """Whether the running emulator does not answer, however long one waits."""
    deadline = time.monotonic() + HANGS_SECONDS
    while not _answers(chosen):
        if time.monotonic() > deadline:
            return True
        time.sleep(0.2)
    return False


def _has_ended(laptop: Laptop, process: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while holder(laptop.lock) == process:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _kept(laptop: Laptop) -> str:
    save = saves.newest(laptop)
    if save is None:
        return "nothing was saved before"
    return f"what came after its save of {save.at.astimezone():%H:%M:%S} is lost"


SHIFTED_CLOCK = (
    "LD_PRELOAD", "FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC", "FAKETIME_FORCE_MONOTONIC_FIX", "PYTHONPATH"
)  # fmt: skip
"""How `faketime` tells a process which day it is: an emulator that is started on another day lives on that day too."""


def _environment(laptop: Laptop, chosen: Ports) -> dict[str, str]:
    """Functions inherit it, so nothing of the user's is in it."""
    scratch = str(laptop.scratch)
    shifted = SHIFTED_CLOCK if "FAKETIME" in os.environ else ()
    return {
        **{name: os.environ[name] for name in shifted if name in os.environ},
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "HOME": scratch,
        "TMPDIR": scratch,
        "PYTHONUNBUFFERED": "1",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(chosen.gateway),
        "PERSIST_STATE": "1",
        "STATE_DIR": str(laptop.state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(laptop.objects),
        "ATHENA_ENGINE": "duckdb",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "WARNING",
        "AWS_CONFIG_FILE": str(laptop.scratch / "no-such-file"),
        "AWS_SHARED_CREDENTIALS_FILE": str(laptop.scratch / "no-such-file"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _answers(chosen: Ports) -> bool:
    connection = http.client.HTTPConnection(HOST, chosen.gateway, timeout=2)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
