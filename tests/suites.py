"""`make test`: every suite, each to its end, whatever the ones before it did; then which of them failed.

No test may depend on the day it runs on. So what starts a client or a process, which ask the machine for the time, runs
once more on another day: `python -m tests.suites unit --at 2036-01-01T00:00Z` runs any suite on any day.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ANOTHER_DAY = datetime(2032, 2, 29, 23, 58, tzinfo=UTC)
"""A leap day, near its end: far away, and midnight comes while the tests run."""


@dataclass(frozen=True, slots=True)
class Suite:
    """`arguments` are pytest's. `at` is the time its clock starts with; without it, the machine's. In a `live` suite
    browsers, SDKs and a deployed stack go at their own pace."""

    name: str
    arguments: tuple[str, ...]
    at: datetime | None = None
    live: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """`again` names the tests that passed only when they were tried again."""

    suite: Suite
    failed: bool
    seconds: float
    again: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = "FAILED" if self.failed else "passed"
        tried = "".join(f"\n    only at the second try: {test}" for test in self.again)
        return f"  {self.suite.name:<30} {self.seconds:5.0f} s  {said}{tried}"


UNIT = ("tests/unit", "-n", "2", "-m", "not browser")
SDKS_IN_BROWSERS = ("tests/unit", "-n", "2", "--dist", "loadfile", "-m", "browser")
PROCESSES_AND_SDKS = ("tests/unit", "-n", "2", "-m", "real_clock and not browser")
"""Without tests/infra: on another day the certificate of the registry that packages come from has expired."""


SUITES = (
    Suite("unit", UNIT),
    Suite("fuzz", ("tests/fuzz", "-n", "2")),
    Suite("infra", ("tests/infra", "-n", "2", "--dist", "loadfile")),
    Suite("browser", ("tests/browser", "-n", "2"), live=True),
    Suite("sdks-in-browsers", SDKS_IN_BROWSERS, live=True),
    Suite("local", ("tests/local",), live=True),
    Suite("processes-another-day", PROCESSES_AND_SDKS, ANOTHER_DAY),
    Suite("browser-another-day", ("tests/browser", "-n", "2"), ANOTHER_DAY, live=True),
    Suite("sdks-in-browsers-another-day", SDKS_IN_BROWSERS, ANOTHER_DAY, live=True),
    Suite("local-another-day", ("tests/local", "-m", "not patience"), ANOTHER_DAY, live=True),
    Suite("local-rest-api", ("tests/local", "--api", "rest"), live=True),
)


LIMIT = 30 * 60
"""Seconds after which a suite hangs: the slowest takes a quarter of it."""

TRIED_AGAIN = 2
"""So many failures of a live suite get a second try, from nothing; more of them are no accident. A fault of ours that
shows now and then must not hide here: what needed it is named at the end."""

LIMIT_OF_AN_END = 20
"""Seconds for what an interrupted suite started to be stopped."""


def main() -> int:
    asked = _arguments()
    # A shell ignores it for what runs in the background, and so would the suites.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    chosen = [suite for suite in SUITES if not asked.suites or suite.name in asked.suites]
    outcomes = [run(suite, asked.at or suite.at, asked.more) for suite in chosen]
    print("\nSuites:", *outcomes, sep="\n")
    failures = [outcome.suite.name for outcome in outcomes if outcome.failed]
    if failures:
        print(f"\nFailed: {', '.join(failures)}. Again: make test SUITES={','.join(failures)}")
    return int(bool(failures))


def run(suite: Suite, at: datetime | None, more: list[str]) -> Outcome:
    began = time.monotonic()
    cache = ROOT / ".pytest_cache" / suite.name
    shutil.rmtree(cache, ignore_errors=True)
    arguments = [*suite.arguments, "-o", f"cache_dir={cache}", *more]
    ended = _once(suite, at, arguments)
    failed = _failures(cache)
    if ended == pytest.ExitCode.TESTS_FAILED and suite.live and 0 < len(failed) <= TRIED_AGAIN:
        ended = _once(suite, at, [*arguments, "--last-failed"])
    again = () if ended else failed
    return Outcome(suite, ended != 0, time.monotonic() - began, again)


def _failures(cache: Path) -> tuple[str, ...]:
    """The names of the tests that failed, as pytest's cache has them."""
    found = cache / "v" / "cache" / "lastfailed"
    return tuple(json.loads(found.read_bytes())) if found.exists() else ()


def _once(suite: Suite, at: datetime | None, arguments: list[str]) -> int:
    """pytest's exit code."""
    print(f"\n== {suite.name}{f', at {at:%Y-%m-%dT%H:%M:%SZ}' if at else ''}", flush=True)
    process = subprocess.Popen(
        [*_shifting(at), sys.executable, "-m", "pytest", *arguments],
        cwd=ROOT,
        env=_environment() if at else None,
        stdin=subprocess.DEVNULL,
        process_group=0,  # what interrupts it must reach pytest through faketime, which waits for it
    )
    return _ended(process)


def _ended(process: subprocess.Popen[bytes]) -> int:
    """The exit code, at the latest when the limit is over."""
    try:
        return process.wait(LIMIT)
    except subprocess.TimeoutExpired:
        print(f"\nNot done in {LIMIT // 60} minutes: ended.", flush=True)
        _interrupt(process)
        return pytest.ExitCode.INTERRUPTED
    except KeyboardInterrupt:
        _interrupt(process)
        raise


def _interrupt(process: subprocess.Popen[bytes]) -> None:
    """pytest says where it was, and its fixtures stop what they started."""
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(LIMIT_OF_AN_END)
    with suppress(ProcessLookupError):  # all of it has ended
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _shifting(at: datetime | None) -> list[str]:
    """The distance from now, not the time itself: processes that start later are as late as they are."""
    if at is None:
        return []
    return ["faketime", "-f", f"{(at - datetime.now(UTC)).total_seconds():+.0f}s"]


def _environment() -> dict[str, str]:
    """Time-outs go by the true clock; Python's sleep is mended by what stands in `shifted_clock`. Chromium's threads
    would wait for ever with libfaketime's "fix" of waits on the monotonic clock, which needs none here."""
    return {
        **os.environ,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        "PYTHONPATH": str(ROOT / "tests" / "shifted_clock"),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run the suites; all of them, unless some are named.")
    parser.add_argument("--suites", type=_names, default=[], help="names, separated by commas")
    parser.add_argument("--at", type=_time, help="the time the clock starts with, like 2028-02-29T23:30Z")
    parser.add_argument("more", nargs="*", help="arguments for pytest, after --")
    return parser.parse_args()


def _names(text: str) -> list[str]:
    names = [name for name in text.split(",") if name]
    known = {suite.name for suite in SUITES}
    if unknown := set(names) - known:
        raise argparse.ArgumentTypeError(
            f"no suite {', '.join(sorted(unknown))}; there are {', '.join(known)}"
        )
    return names


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
