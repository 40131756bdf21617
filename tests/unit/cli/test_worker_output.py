"""What a function writes is there when it answers, though nobody had the time to read it."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from ministack.core.lambda_runtime import ProvidedWorker, Worker

from cli.emulator import worker_output
from cli.emulator.worker_output import HasOutput, keep_reading, taken

Start = Callable[[str], HasOutput]

ANSWERING = """
import sys
for line in sys.stdin:
    for number in range(int(line)):
        print("line", number, "of", line.strip(), file=sys.stderr)
    print("ok", flush=True)
"""


@pytest.fixture
def start() -> Iterator[Start]:
    """A worker of which no thread reads."""
    begun: list[SimpleNamespace] = []

    def of(program: str) -> HasOutput:
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=pipe, stdout=pipe, stderr=pipe, text=True, bufsize=1
        )
        worker = SimpleNamespace(
            _proc=process, _stderr_queue=queue.Queue(), _stderr_thread=None, process=process
        )
        begun.append(worker)
        return worker

    yield of
    for worker in begun:
        worker.process.kill()
        if worker._stderr_thread is not None:
            worker._stderr_thread.join(10)  # it reads the pipe until it ends; only then may that be closed
        worker.process.communicate()


def ask(worker: HasOutput, lines: int) -> None:
    assert worker._proc is not None
    assert worker._proc.stdin is not None
    assert worker._proc.stdout is not None
    worker._proc.stdin.write(f"{lines}\n")
    assert worker._proc.stdout.readline() == "ok\n"


def expected(lines: int) -> str:
    return "\n".join(f"line {number} of {lines}" for number in range(lines))


def test_all_that_was_written_before_the_answer_is_there_though_no_thread_has_read(start: Start) -> None:
    worker = start(ANSWERING)
    for lines in (1, 0, 40):
        ask(worker, lines)

        assert taken(worker) == expected(lines)


def test_beside_the_thread_that_reads_each_line_comes_once_and_with_its_answer(start: Start) -> None:
    worker = start(ANSWERING)
    worker._stderr_thread = threading.Thread(target=keep_reading, args=(worker,), daemon=True)
    worker._stderr_thread.start()
    for lines in (1, 2, 5_000, 0, 3) * 5:  # 5,000 are more than a pipe holds
        ask(worker, lines)

        assert taken(worker) == expected(lines)


def test_of_a_worker_that_was_ended_the_last_words_are_there(start: Start) -> None:
    worker = start("import sys; sys.stderr.write('one\\ntwo, cut')")
    worker._stderr_thread = threading.Thread(target=keep_reading, args=(worker,), daemon=True)
    process = worker._proc
    worker._stderr_thread.start()
    assert process is not None
    process.wait()
    worker._stderr_thread.join(10)
    worker._proc = None  # as the emulator does before it asks

    assert taken(worker) == "one\ntwo, cut"


def test_the_emulator_s_workers_take_it_so_but_for_those_by_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Worker, "_read_stderr", Worker._read_stderr)
    monkeypatch.setattr(Worker, "_drain_stderr_bounded", lambda _: "waited for")

    worker_output.correct()

    lines: queue.Queue[str] = queue.Queue()
    lines.put("line")
    worker = Worker.__new__(Worker)
    worker._proc, worker._stderr_queue, worker._stderr_thread = None, lines, None
    assert worker._drain_stderr_bounded() == "line"
    assert ProvidedWorker.__new__(ProvidedWorker)._drain_stderr_bounded() == "waited for"
