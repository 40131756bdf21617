"""First the probes that look for causes, then those that would see what follows: of each all at once, and each with a
time of its own, so that none can stop, delay or crash another."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from cli.doctor.advice import PUT_BACK
from cli.doctor.examination import Examination, Probe
from cli.doctor.finding import Finding, broken, is_forbidden
from cli.problem import Problem

LONGEST_WORDS = 400
"""Characters of an error that are shown."""

GONE = ("ResourceNotFound", "NonExistentQueue", "NoSuchBucket")
"""What AWS says when somebody deleted what the stack has made."""


class Examined(NamedTuple):
    probe: str
    finding: Finding


def examine(
    probes: Sequence[Probe],
    examination: Examination,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    *,
    most: float | None = None,
) -> list[Examined]:
    """What each probe found, in their order. Takes no longer than the longest of the times of those that look for
    causes, and the longest of the others'; none of them more than `most` seconds."""
    if most is not None:
        probes = [probe._replace(seconds=min(probe.seconds, most)) for probe in probes]
    causes = [probe for probe in probes if probe.finds_causes]
    others = [probe for probe in probes if not probe.finds_causes]
    found = _at_once(causes, examination, lambda done: progress(done, len(probes)))
    stopped = {part: name for name, finding in found.items() for part in finding.stops}
    if stopped:
        examination = replace(examination, stopped=stopped)
    found |= _at_once(others, examination, lambda done: progress(len(causes) + done, len(probes)))
    return [Examined(probe.name, found[probe.name]) for probe in probes]


def _at_once(
    probes: Sequence[Probe], examination: Examination, progress: Callable[[int], None]
) -> dict[str, Finding]:
    found: dict[str, Finding] = {}
    answers: queue.SimpleQueue[Examined] = queue.SimpleQueue()
    began = time.monotonic()
    waiting = {probe.name: probe for probe in probes}
    for probe in probes:
        # A daemon: a probe that hangs in a call must not keep the command from ending.
        threading.Thread(target=_answer, args=(probe, examination, answers), daemon=True).start()
    while waiting:
        progress(len(found))
        left = began + min(probe.seconds for probe in waiting.values()) - time.monotonic()
        try:
            name, finding = answers.get(timeout=max(0.0, left))
        except queue.Empty:
            late = [probe for probe in waiting.values() if began + probe.seconds <= time.monotonic()]
            for probe in late:
                found[probe.name] = broken(
                    f"no answer within {probe.seconds:g} s", "Run it again; `headrace logs` says more."
                )
                del waiting[probe.name]
        else:
            if waiting.pop(name, None) is not None:
                found[name] = finding
    progress(len(found))
    return found


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
    if any(word in words for word in GONE):
        return broken(words, PUT_BACK)
    if is_forbidden(words):
        return broken(words, "Whoever runs this needs that permission: docs/doctor.md lists them all.")
    return broken(
        f"{type(error).__name__}: {words}",
        "`headrace status` shows what is running, `headrace logs` what failed.",
    )
