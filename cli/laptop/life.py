"""The emulator's life: started in the background, waited for, stopped so that it saves what it knows."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from cli.checkout import ROOT
from cli.laptop import ports, stored
from cli.laptop.laptop import Laptop
from cli.laptop.pid_lock import holder
from cli.laptop.ports import HOST, Ports
from cli.problem import Problem

START_SECONDS = 120.0
STOP_SECONDS = 60.0


def running(laptop: Laptop) -> Ports | None:
    """The ports of the running emulator."""
    return ports.remembered(laptop) if holder(laptop.lock) else None


def start(laptop: Laptop) -> Ports:
    """Start it and wait until it answers. What a killed one left must have been wiped."""
    laptop.directory.mkdir(parents=True, exist_ok=True)
    stored.empty_scratch(laptop)
    laptop.scratch.mkdir()
    chosen = ports.choose(laptop)
    ports.remember(laptop, chosen)
    with laptop.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.laptop.emulator", str(laptop.directory)],
            cwd=ROOT,
            env=_environment(laptop, chosen),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # it outlives the terminal
        )
    deadline = time.monotonic() + START_SECONDS
    while not _answers(chosen):
        if process.poll() is not None:
            raise Problem(
                f"The emulator stopped at once:\n{_tail(laptop.log)}", "Its log: " + str(laptop.log)
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
    deadline = time.monotonic() + STOP_SECONDS
    while holder(laptop.lock) == process:
        if time.monotonic() > deadline:
            raise Problem(
                f"The emulator (process {process}) did not stop within {STOP_SECONDS:.0f} s",
                f"Its log: {laptop.log}",
            )
        time.sleep(0.05)
    if stored.is_torn(laptop):
        raise Problem("The emulator could not save everything", f"Its log: {laptop.log}")
    stored.empty_scratch(laptop)
    return True


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
