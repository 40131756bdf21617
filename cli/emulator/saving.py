"""The emulator saves while it runs: a kill, a crash or a power failure loses what came after the last save, no more.

Its state is in memory, in one process. A fork of that process has all of it as it was at one instant, between two of
the event loop's steps, and writes it while the emulator goes on: no request waits for more than the fork. What can be
torn is what the emulator itself does in several steps, such as a function at work: its batch counts as not delivered.
Objects of S3 are files, written as they come, and need no save.
"""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import os
import select
import shutil
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence
from ministack.services import cloudformation, lambda_svc, s3, sqs

from cli.emulator.ledger import Ledger
from cli.laptop import saves, stored
from cli.laptop.laptop import Laptop
from cli.laptop.saves import Save

logger = logging.getLogger(__name__)

APART = 15.0
"""Seconds between the beginnings of two saves. With up to as much for writing one, a kill loses 30 s."""

LONGEST = 120.0
"""Seconds a save may take before it is given up: a disk that hangs must not end all saving."""

DEPLOYMENT_LONGEST = 900.0
"""Seconds for which a deployment keeps saves from being made: half of one is a stack that nobody can update."""

ALIVE_APART = 1.0
"""Seconds between two marks that it is alive: after a kill they say until when it was."""


class SaveFailed(Exception):
    """There is no new save; the one before still counts."""


class Saver:
    """`states` gives each service's state by name, as the emulator's own persistence asks for it."""

    def __init__(
        self,
        laptop: Laptop,
        states: Callable[[], Mapping[str, Callable[[], Any]]] | None = None,
        *,
        was_killed: bool = False,
        ledger: Ledger | None = None,
    ) -> None:
        self._laptop = laptop
        self._ledger = ledger or Ledger(laptop)
        self._was_killed = was_killed
        self._states = states or app._build_persistence_save_dict
        self._deploying_since: float | None = None
        self._one_at_a_time = asyncio.Lock()
        self.last: Save | None = saves.newest(laptop)
        self.seconds: float | None = None
        """What the last one took."""
        self.failure: str | None = None
        """Why the last try made none."""
        self._accepted = 0
        """Requests, since the last save began."""

    def took(self) -> None:
        """A request was accepted: if the emulator is killed before the next save, it is lost."""
        self._accepted += 1

    def restore(self) -> None:
        """Load the newest save, as the emulator starts. Whatever cannot be loaded ends the process: an emulator that
        went on without a service's state would soon save that."""
        try:
            for key, module in app._state_map.items():
                state = _loaded(key)
                if state is None:
                    continue
                service = app._get_module(module)  # one that has nothing, too: only what is loaded is saved
                if state:
                    service.load_persisted_state(state)
            _drop_buckets_without_a_save(self._laptop)
            if self._was_killed:
                _give_back_what_functions_held()
            self._ledger.restored(self.last.at if self.last else None)
        except Exception:  # noqa: BLE001  whatever it is
            traceback.print_exc()
            print("What was saved cannot be restored.", file=sys.stderr, flush=True)
            os._exit(1)

    async def keep_saving(self) -> None:
        """Until it is cancelled. What fails is logged, and tried again at the next turn."""
        due = time.monotonic() + APART
        while True:
            self._mark_alive()
            await asyncio.sleep(ALIVE_APART)
            if time.monotonic() < due or self._waits_for_a_deployment():
                continue
            due = time.monotonic() + APART
            try:
                await self.save()
            except SaveFailed as error:
                logger.error("the state was not saved: %s", error)  # noqa: TRY400  the trace says no more

    async def save(self) -> None:
        """Make one, after the one that is being made, if any. Raises SaveFailed.

        Who is cancelled waits no more, but the save goes on, and the next one waits for its end.
        """
        await asyncio.shield(asyncio.ensure_future(self._save_in_turn()))

    async def _save_in_turn(self) -> None:
        async with self._one_at_a_time:
            began = time.monotonic()
            try:
                if self.last is not None and not self.last.folder.exists():
                    self.last = saves.newest(self._laptop)
                accepted = self._accepted
                reader, process = self._fork()
                failure = await asyncio.to_thread(self._outcome, reader, process, began + LONGEST)
            except Exception as error:  # noqa: BLE001  whatever it is, the emulator goes on, and tries again
                failure = f"{type(error).__name__}: {error}"
            self.failure = failure or None
            if failure:
                raise SaveFailed(failure)
            self.last, self.seconds = saves.last(self._laptop), time.monotonic() - began
            self._accepted -= accepted
            try:
                stored.accepted(self._laptop, self._accepted)
            except OSError as error:
                self.failure = f"{type(error).__name__}: {error}"

    def _outcome(self, reader: int, process: int, deadline: float) -> str:
        try:
            return _outcome(reader, process, deadline)
        finally:
            saves.discard(self._laptop, process)  # what it did not finish takes room

    def _mark_alive(self) -> None:
        try:
            stored.is_alive(self._laptop)
            stored.accepted(self._laptop, self._accepted)
        except OSError as error:
            self.failure = f"{type(error).__name__}: {error}"

    @property
    def is_complete(self) -> bool:
        """Whether the last save has every service."""
        return self.last is not None and not self.last.contents.without

    def status(self) -> dict[str, Any]:
        """For `headrace status`."""
        return {
            "saved_at": self.last.at.isoformat(timespec="seconds") if self.last else None,
            "seconds": round(self.seconds, 2) if self.seconds is not None else None,
            "without": self.last.contents.without if self.last else {},
            "failure": self.failure,
        }

    def _waits_for_a_deployment(self) -> bool:
        if not _is_deploying():
            self._deploying_since = None
            return False
        self._deploying_since = self._deploying_since or time.monotonic()
        return time.monotonic() - self._deploying_since < DEPLOYMENT_LONGEST

    def _fork(self) -> tuple[int, int]:
        """The end of a pipe that says what went wrong, and the process that writes. Raises OSError."""
        deployed = stored.deployed(self._laptop)  # before the fork: what it names is in the state, then
        at = datetime.now(UTC)
        reader, writer = os.pipe()
        with warnings.catch_warnings():
            # Python 3.12 warns of threads: none of theirs runs in the fork, and a lock of theirs only costs a try.
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                with self._ledger.saving(at):
                    process = os.fork()
            except BaseException:
                os.close(reader)
                os.close(writer)
                raise
        if process == 0:
            try:
                _leave_what_is_the_emulators(writer)
                self._write(at, deployed)
            except BaseException as error:  # noqa: BLE001  nothing may leave this process but by its end
                os.write(writer, f"{type(error).__name__}: {error}"[:1000].encode())
                os._exit(1)
            os._exit(0)
        os.close(writer)
        return reader, process

    def _write(self, at: datetime, deployed: bytes | None) -> None:
        before = self.last
        folder = saves.begin(self._laptop)
        lambda_svc.CODE_BLOB_DIR = str(folder / saves.BLOBS)
        for name in before.contents.files if before else ():
            if name.startswith(f"{saves.BLOBS}/"):
                saves.keep_from(folder, name, before)  # code that no function has any more is taken out again
        copy.deepcopy = _as_it_is  # type: ignore[assignment]  # nobody else changes it in here
        without = {}
        for service, state_of in self._states().items():
            try:
                content = _written(service, state_of())
            except (TypeError, ValueError, KeyError, AttributeError, RuntimeError, RecursionError) as error:
                without[service] = f"{type(error).__name__}: {error}"[:200]
                content = None
            if content is None:
                saves.keep_from(folder, f"{service}.json", before)
            else:
                saves.add(folder, f"{service}.json", content, before)
        if deployed is not None:
            saves.add(folder, stored.DEPLOYED, deployed, before)
        _refuse_without_what_was_there(folder, before)
        saves.finish(self._laptop, folder, at, without)


def load_from(save: Save | None) -> None:
    """Where the emulator looks for what it had stored, before it starts. Its own way of saving is switched off."""
    if save is not None:
        persistence.STATE_DIR = str(save.folder)
        lambda_svc.CODE_BLOB_DIR = str(save.folder / saves.BLOBS)
    app.save_all = lambda _services: None


def _refuse_without_what_was_there(folder: Path, before: Save | None) -> None:
    """A save that lacks a service which the one before had is none: the next start would forget that service.

    Services that the emulator does not know any more may be missing. Raises SaveFailed.
    """
    had = before.contents.files if before else {}
    missing = [
        service
        for service in app._state_map
        if f"{service}.json" in had and not (folder / f"{service}.json").exists()
    ]
    if missing:
        raise SaveFailed(f"it lacks {', '.join(missing)}, which the save before has")


def _written(service: str, state: object) -> bytes | None:
    """As `persistence.load_state` reads it. None: the service has none to say (it was never loaded)."""
    if state is None:
        return None
    wrapped = {"__ministack_format__": persistence._state_format_version(service), "payload": state}
    return json.dumps(wrapped, default=persistence._json_default).encode()


def _loaded(service: str) -> Any:
    """Its state in the save, None if it is not there. Raises ValueError for what the emulator only logs."""
    state = persistence.load_state(service)
    if state is None and Path(persistence.STATE_DIR, f"{service}.json").exists():
        raise ValueError(f"the state of {service} cannot be read")
    return state


def _give_back_what_functions_held() -> None:
    """Messages come back to their queues at once: whoever held them is gone, and their time-out is up to six minutes.
    Those that were to wait longer come early, too; what is still claimed waits for its claim."""
    now = time.time()
    for queue in sqs._queues._data.values():
        for message in queue["messages"]:
            if message.get("receipt_handle"):
                message["visible_at"] = min(message["visible_at"], now)


def _drop_buckets_without_a_save(laptop: Laptop) -> None:
    """Those made after the save: no stack knows them, and the one that is deployed again would make them again.
    A save that says nothing of S3 says of no bucket that it was made later."""
    known = (persistence.load_state("s3") or {}).get("buckets_meta")
    if known is None:
        return
    for account, bucket in list(s3._buckets._data):
        if (account, bucket) not in known._data:
            del s3._buckets._data[(account, bucket)]
            shutil.rmtree(laptop.objects / account / bucket, ignore_errors=True)


def _is_deploying() -> bool:
    return any(
        stack.get("StackStatus", "").endswith("_IN_PROGRESS") and stack["StackStatus"] != "REVIEW_IN_PROGRESS"
        for stack in list(cloudformation._stacks._data.values())
    )


def _as_it_is(value: Any, _memo: object = None) -> Any:
    return value


def _leave_what_is_the_emulators(writer: int) -> None:
    """In the fork: its ports would look taken, and its signals would stop a loop that does not run in here."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    for descriptor in [int(path.name) for path in Path("/dev/fd").iterdir()]:
        if descriptor > 2 and descriptor != writer:
            with suppress(OSError):  # the one that listed them is closed already
                os.close(descriptor)
    os.nice(10)


def _outcome(reader: int, process: int, deadline: float) -> str:
    """What went wrong, or nothing. Ends the process at the deadline, and closes the pipe."""
    said = b""
    ready = select.poll()  # unlike `select`, it takes descriptors over 1,023 too
    with os.fdopen(reader, "rb", buffering=0) as pipe:
        ready.register(pipe, select.POLLIN)
        while True:
            left = max(0.0, deadline - time.monotonic())
            if not ready.poll(left * 1000):
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
                return f"it did not end within {LONGEST:.0f} s"
            part = pipe.read(4096)
            if not part:
                break
            said += part
    _, status = os.waitpid(process, 0)
    code = os.waitstatus_to_exitcode(status)
    return said.decode(errors="replace") or (f"the process that saves ended with {code}" if code else "")
