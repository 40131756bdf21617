"""Standard output and error that survive the end of their reader, so that `headrace apply shop | head -1` still
applies. Files and pipes get UTF-8, whatever the locale.

A command continues if nobody reads its output, and its exit code is that of its work. Only a command that never ends by
itself checks `reader_is_gone`, and then ends.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TextIO


class Outliving(io.FileIO):
    """Writes to a descriptor that never fail; `failure` is why the first one did. What follows goes nowhere.

    The descriptor itself is led nowhere, so that programs started later can write there too.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self.failure: OSError | None = None

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            self.failure = self.failure or error
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return memoryview(data).nbytes


@contextmanager
def outliving() -> Iterator[None]:
    """Both streams, while the block runs. Exit code 1 when what was printed is lost for another reason than that its
    reader went away, such as a full disk."""
    before = sys.stdout, sys.stderr
    outputs = []
    try:
        for name in ("stdout", "stderr"):
            stream, output = _outliving(getattr(sys, name))
            setattr(sys, name, stream)
            outputs += [output] if output else []
        yield
    except SystemExit as end:
        if (lost := _lost(outputs)) is None or end.code not in (0, None):
            raise
        print(f"headrace: some of the output could not be written: {lost.strerror}", file=sys.stderr)
        raise SystemExit(1) from end
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stdout, sys.stderr = before


def reader_is_gone() -> bool:
    """Whether what is printed is not read any more."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return isinstance(raw, Outliving) and raw.failure is not None


def run_outliving(command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> int:
    """Run another program on our own input and output, and return its exit code.

    It has a terminal for itself. What is a pipe or a file it gets through us, or it would end with its reader.
    """
    piped = [None if stream.isatty() else subprocess.PIPE for stream in (sys.stdout, sys.stderr)]
    sys.stdout.flush()
    with subprocess.Popen([*command], cwd=cwd, env=dict(env), stdout=piped[0], stderr=piped[1]) as process:
        passing = [
            threading.Thread(target=_pass_on, args=(source, stream))
            for source, stream in ((process.stdout, sys.stdout), (process.stderr, sys.stderr))
            if source is not None
        ]
        for thread in passing:
            thread.start()
        for thread in passing:
            thread.join()
    return process.returncode


def _pass_on(source: IO[bytes], stream: TextIO) -> None:
    for line in source:
        stream.write(line.decode(errors="replace"))
        stream.flush()


def _outliving(stream: TextIO) -> tuple[TextIO, Outliving | None]:
    """The same stream, outliving its reader; unchanged where it is not a descriptor's, as in a test.

    What a terminal's encoding does not have is written as an escape: a name in another alphabet ends no command.
    """
    try:
        stream.flush()
        raw = Outliving(stream.fileno())
    except (OSError, ValueError):
        return stream, None
    text = io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding
        if stream.isatty()
        else "utf-8",  # a file has the same bytes on every machine
        errors="backslashreplace" if stream.errors == "strict" else stream.errors,
        line_buffering=getattr(stream, "line_buffering", False),
        write_through=getattr(stream, "write_through", False),
    )
    return text, raw


def _lost(outputs: list[Outliving]) -> OSError | None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    failures = (one.failure for one in outputs)
    return next((why for why in failures if why and not isinstance(why, BrokenPipeError)), None)
