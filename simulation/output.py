"""What programs write to their log: each line to whoever it runs for."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOBase
from typing import Protocol, TextIO

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from simulation.scheduler import Scheduler


class Writing(Protocol):
    lines: list[str]


class Output(TextIOBase):
    """Stands for the process's output while a world runs. What no program writes goes where it went before."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._otherwise = sys.stdout

    def write(self, text: str, /) -> int:
        program = self._scheduler.current
        owner = program.owner if program is not None else None
        lines: list[str] | None = getattr(owner, "lines", None)
        if lines is None:
            return self._otherwise.write(text)
        lines += [line for line in text.split("\n") if line]
        return len(text)

    def flush(self) -> None:
        if self._scheduler.current is None:
            self._otherwise.flush()

    def writable(self) -> bool:
        return True


class _Unformatted(logging.StreamHandler[Output]):
    """For loggers that have no handler: Lambda's takes them from warnings on."""

    def __init__(self, output: Output) -> None:
        super().__init__(output)
        self.setLevel(logging.WARNING)


def _writes_out(handler: logging.StreamHandler[TextIO], output: TextIO) -> bool:
    """Whether it writes to the process's output, or is Powertools', which may have another from when it was made."""
    return handler.stream is output or isinstance(handler.formatter, LambdaPowertoolsFormatter)


@contextmanager
def taken(scheduler: Scheduler) -> Iterator[None]:
    """Everything that is written meanwhile goes to the log of the program that writes it. Powertools' loggers keep the
    output that there was when they were made."""
    output = Output(scheduler)
    before = sys.stdout
    sys.stdout = output
    streams = [
        (handler, handler.setStream(output))
        for logger in list(logging.Logger.manager.loggerDict.values())
        if isinstance(logger, logging.Logger)
        for handler in logger.handlers
        if isinstance(handler, logging.StreamHandler) and _writes_out(handler, before)
    ]
    rest = _Unformatted(output)
    logging.getLogger().addHandler(rest)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(rest)
        for handler, stream in streams:
            if stream is not None:
                handler.setStream(stream)
        sys.stdout = before
