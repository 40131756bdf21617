"""Who has a port, by name."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cli.laptop.listeners import LONGEST, listener

NO_PROC = Path("/nowhere")
"""A machine without /proc, where lsof is asked."""

LISTEN = (
    "import socket, sys; s = socket.create_server(('127.0.0.1', 0)); "
    "print(s.getsockname()[1], flush=True); sys.stdin.read()"
)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_listener_is_named_with_its_process(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as server:
        said = listener(server.getsockname()[1])

    assert said is not None
    assert said.endswith(f"(process {os.getpid()})")


def test_another_process_is_named_by_its_command_line_cut_short() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", LISTEN + "#" + "x" * 200],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        said = listener(int(process.stdout.readline()))
        process.communicate("")

    assert said is not None
    command, _, number = said.partition(" (process ")
    assert command.startswith(Path(sys.executable).name + " -c import socket")
    assert (len(command), command[-1]) == (LONGEST, "…")
    assert number == f"{process.pid})"


def test_nobody_is_named_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert listener(port) is None


def test_who_only_connects_is_no_listener() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as to,
    ):
        assert listener(to.getsockname()[1]) is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("p123\ncnode\nf7\np124\ncruby\n", "node (process 123)"),
        ("p123\n", "a program (process 123)"),
        ("", None),
    ],
)
def test_without_proc_lsof_is_asked(
    answer: str, said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "answer").write_text(answer)
    lsof = tmp_path / "lsof"
    lsof.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\ncat {tmp_path}/answer\n')
    lsof.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    assert listener(8080, NO_PROC) == said
    assert (tmp_path / "asked").read_text() == "-nP -iTCP:8080 -sTCP:LISTEN -Fpc\n"


def test_without_either_nobody_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    assert listener(8080, NO_PROC) is None
