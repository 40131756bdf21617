"""Discarding dead letters: each is written to a file first, whole, and then deleted."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from cli.dead_letters.choosing import Choice
from cli.dead_letters.looking import Found, look
from cli.dead_letters.outcome import Redriven
from cli.dead_letters.retrying import Advance, Save
from cli.dead_letters.ways import OfOthers, of_others
from cli.problem import Problem
from shared.aws.queues import given_up
from shared.aws.queues.dead_letter_queues import DeadLetter
from shared.events import utc_text
from shared.failures import Unwritten


class IntoAFile:
    """A way that a dead letter goes (`cli.dead_letters.ways.Way`): a line of a file, or nowhere at all."""

    def __init__(self, choice: Choice, file: BinaryIO | None) -> None:
        self._choice = choice
        self._file = file

    def judge(self, letter: DeadLetter) -> DeadLetter:
        """Raises OfOthers: of a queue that others use too only what is ours is discarded, unless its id is named."""
        if not self._choice.ids and (others := of_others(self._choice.place, letter)):
            raise OfOthers(others)
        return letter

    def write(self, judged: Sequence[DeadLetter]) -> Unwritten:
        if self._file is not None:
            for letter in judged:
                self._file.write(
                    _line(self._choice, letter.id, letter.body, letter.sent_at, letter.attributes)
                )
            _on_the_disk(self._file)
        return Unwritten([])


def _discard_batch(choice: Choice, found: Found, file: BinaryIO | None) -> None:
    """Raises Unavailable."""
    if file is not None:
        body = given_up.whole(choice.place.at, found.id).decode(errors="replace")
        file.write(_line(choice, found.id, body, found.since, {}))
        _on_the_disk(file)
    given_up.delete(choice.place.at, found.id)


def discard_batches(choice: Choice, said: Redriven, file: BinaryIO | None, advance: Advance) -> None:
    """Fills `said` as it goes. Raises Unavailable."""
    for one in look(choice.place):
        if not choice.takes(one):
            said.passed_over += 1
            continue
        _discard_batch(choice, one, file)
        said.brought_back += 1
        advance(1)


@contextmanager
def written_to(file: Path | None) -> Iterator[BinaryIO | None]:
    """Appended to, readable by its owner only: there are people in it. None is left where nothing was written. Raises
    Problem."""
    if file is None:
        yield None
        return
    is_new = not file.exists()
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise Problem(f"{file} cannot be written: {error.strerror}") from error
    with os.fdopen(opened, "ab") as lines:
        try:
            yield lines
        finally:
            lines.flush()
            if is_new and not os.fstat(lines.fileno()).st_size:
                file.unlink()


def saving(file: BinaryIO | None) -> Save | None:
    """What writes those that can never be retried, before they are deleted."""
    if file is None:
        return None

    def save(id_: str, content: str, reason: str) -> None:
        file.write(orjson.dumps({"id": id_, "reason": reason, "content": content}) + b"\n")
        _on_the_disk(file)

    return save


def _line(choice: Choice, id_: str, content: str, since: Any, attributes: Any) -> bytes:
    said = {
        "place": choice.place.names[0], "id": id_, "since": utc_text(since), "content": content,
        "attributes": attributes,
    }  # fmt: skip
    return orjson.dumps(said, default=_bytes) + b"\n"


def _bytes(value: Any) -> str:
    """Binary attributes of a sender."""
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)


def _on_the_disk(file: BinaryIO) -> None:
    """Before anything is deleted."""
    file.flush()
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # /dev/null and pipes have nothing to wait for
        os.fsync(file.fileno())
