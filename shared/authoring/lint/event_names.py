"""Names of events: one form, one case, no two spellings of one event, and a display name for each.

A catalogue's names are exempt from form and case: they are the names the field gave them, SDKs send them, and
whoever includes a catalogue cannot change them. They do count as the company that the plan's own names keep.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.authoring.compiling import Compiled
from shared.authoring.findings import Finding
from shared.authoring.lint.case_styles import MIXED_ONLY, rewritten, styles
from shared.authoring.lint.consistency import odd_ones
from shared.authoring.lint.event_forms import forms, stems
from shared.authoring.lint.words import same_letters


def check(compiled: Compiled) -> Iterator[Finding]:
    ids = [definition.id for definition in compiled.workspace.events if definition.id not in UNNAMED_BY_US]
    own = [name for name in ids if name not in compiled.ready]
    ready = [name for name in ids if name in compiled.ready]
    yield from _forms(own, ready, compiled)
    yield from _cases(own, ready, compiled)
    yield from _spellings(ids, compiled)
    yield from _display_names(compiled)


UNNAMED_BY_US = frozenset({"page", "screen"})
"""Definitions of these are named by the protocol."""


def _forms(own: list[str], ready: list[str], compiled: Compiled) -> Iterator[Finding]:
    for odd in odd_ones(own, ready, forms):
        same_action = [name for name in [*own, *ready] if stems(name) == stems(odd.name) and name != odd.name]
        usual = next((name for name in same_action if odd.usual_form in forms(name)), odd.usual)
        there = compiled.place("events", usual)
        has = " or ".join(sorted(odd.forms))
        message = f'event names mix forms: "{odd.name}" has {has}, "{usual}" at {there} has {odd.usual_form}'
        advice = f'Name every event in one form; here most have {odd.usual_form}, like "{usual}".'
        yield Finding(compiled.place("events", odd.name), "event-form", "warning", message, advice, (there,))


def _cases(own: list[str], ready: list[str], compiled: Compiled) -> Iterator[Finding]:
    for odd in odd_ones(own, ready, styles, MIXED_ONLY):
        there = compiled.place("events", odd.usual)
        message = f'event names mix cases: "{odd.name}" is not {odd.usual_form} like "{odd.usual}" at {there}'
        advice = f'Write it "{rewritten(odd.name, odd.usual_form)}", here and where it is sent.'
        yield Finding(compiled.place("events", odd.name), "event-case", "warning", message, advice, (there,))


def _spellings(ids: list[str], compiled: Compiled) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for name in ids:
        before = first.setdefault(same_letters(name), name)
        if before != name:
            there = compiled.place("events", before)
            message = (
                f'"{name}" and "{before}" at {there} are one name in two spellings, and count as two events'
            )
            advice = "Keep one, and send only that."
            yield Finding(compiled.place("events", name), "same-event", "warning", message, advice, (there,))


def _display_names(compiled: Compiled) -> Iterator[Finding]:
    for name in compiled.unnamed:
        message = f'"{name}" has no display name'
        advice = "Give it a `name`, in the language of the people who write campaigns."
        yield Finding(compiled.place("events", name), "display-name", "warning", message, advice)
