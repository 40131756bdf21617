"""All probes at once, each with a time of its own: none can stop, delay or crash another."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from cli.doctor.examination import Examination, Probe
from cli.doctor.finding import Finding, broken
from cli.problem import Problem

LONGEST_WORDS = 400
"""Characters of an error that are shown."""

FORBIDDEN = ("AccessDenied", "not authorized", "UnauthorizedOperation")
"""What AWS says to whoever may not ask."""


class Examined(NamedTuple):
    probe: str
    finding: Finding


def examine(
    probes: Sequence[Probe],
    examination: Examination,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[Examined]:
    """What each probe found, in their order. Takes no longer than the longest of their times."""
    found: dict[str, Finding] = {}
    answers: queue.SimpleQueue[Examined] = queue.SimpleQueue()
    began = time.monotonic()
    waiting = {probe.name: probe for probe in probes}
    for probe in probes:
        # A daemon: a probe that hangs in a call must not keep the command from ending.
        threading.Thread(target=_answer, args=(probe, examination, answers), daemon=True).start()
    while waiting:
        progress(len(found), len(probes))
        left = began + min(probe.seconds for probe in waiting.values()) - time.monotonic()
        try:
            name, finding = answers.get(timeout=max(0.0, left))
        except queue.Empty:
            late = [probe for probe in waiting.values() if began + probe.seconds <= time.monotonic()]
            for probe in late:
                found[probe.name] = broken(
                    f"no answer within {probe.seconds:g} s", "Run it again; headrace logs says more."
                )
                del waiting[probe.name]
        else:
            if waiting.pop(name, None) is not None:
                found[name] = finding
    progress(len(found), len(probes))
    return [Examined(probe.name, found[probe.name]) for probe in probes]


def _answer(probe: Probe, examination: Examination, answers: queue.SimpleQueue[Examined]) -> None:
    try:
        finding = probe.examine(examination)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this probe's finding
        finding = _failed(error)
    answers.put(Examined(probe.name, finding))


def _failed(error: Exception) -> Finding:
    words = " ".join(str(error).split())[:LONGEST_WORDS] or type(error).__name__
    if isinstance(error, Problem):
        return broken(words, error.advice)
    if any(word in words for word in FORBIDDEN):
        return broken(words, "Whoever runs this needs that permission: docs/doctor.md lists them all.")
    return broken(
        f"{type(error).__name__}: {words}", "headrace status says what runs, headrace logs what failed."
    )
