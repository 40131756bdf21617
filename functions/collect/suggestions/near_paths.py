"""Which path of ours may have been meant by one that is none, and how a client's host is then written.

Hosts are given with a path too many (`/v1/v1/track`), with one too few (`/track`), or in other letters (`/V1/track`).
Loaded with the first request that is refused for its path or its key; it knows the paths of every format.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from functions.collect import protocols
from functions.collect.http.request import Request

LONGEST_PATH, MOST_STEPS = 200, 12
"""Of a path that something is looked up for: none of ours is near a longer one."""

LONGEST_HOST = 200
"""Characters of a host that is repeated to who asked for it."""

MOST = 2
"""Paths that are named to the sender."""

ALIKE = 0.85
"""How much of a misspelt path must be right, as difflib measures it."""

SAME, SURPLUS, MISSING, MISSPELT = range(4)
"""How far a path is from one of ours: in its letters' case and its slashes, by steps before it, without steps of it, or
by letters."""

Order = tuple[int, int, bool]
"""What nearness is judged by: one of these, how many steps, and whether it takes no such method."""


class Template(NamedTuple):
    """The steps of a route's path, and the methods that it takes."""

    protocol: str
    steps: tuple[str, ...]
    methods: tuple[str, ...]


class Near(NamedTuple):
    """A path of ours, in its own letters and with the parameters that came. Clients add their own paths to the host
    they are given: `surplus` is what came before this one, `missing` is its beginning that did not come."""

    protocol: str
    methods: tuple[str, ...]
    path: str
    surplus: str = ""
    missing: str = ""

    def spoken(self, method: str) -> str:
        return f"{method if method in self.methods else self.methods[0]} {self.path}"

    def host(self, request: Request) -> str:
        """A sentence on how the client's host is written; empty where that is not at fault."""
        scheme = "http" if request.headers.get("x-forwarded-proto") == "http" else "https"
        address = f"{scheme}://{request.address[:LONGEST_HOST]}"
        if self.surplus:
            return (
                f"A client that adds {self.path} itself is given the host without {self.surplus}: {address}"
            )
        if self.missing:
            added = self.path.removeprefix(self.missing)
            return f"A client that adds only {added} itself is given the host as {address}{self.missing}"
        return ""


OWN = Near(protocols.CLAIMS["/v1"], ("POST",), "/v1/track")
"""Where an event is sent that no vendor's client makes."""

PLAIN = re.compile(r"/+(?:api/+)?(?:v1/+)?(?:events?|collect|ingest|send|log|messages?)/*", re.IGNORECASE)
"""Paths that somebody guesses who has read of no format yet."""


def near(method: str, path: str) -> list[Near]:
    """Other paths of ours, the nearest first; of equally near ones those that take the method."""
    return [one for _, one in _ranked(method, path)]


def instead(request: Request) -> str | None:
    """What to tell who asked for a path that is none of ours; None where none is near."""
    ranked = _ranked(request.method, request.path)
    is_plain = PLAIN.fullmatch(request.path) is not None
    if not ranked and not is_plain:
        return None
    found = [one for order, one in ranked if order == ranked[0][0]][:MOST]
    if is_plain and all(one.protocol != OWN.protocol for one in found):
        sentences = [f"there is nothing at {request.path}; Headrace's own is {OWN.spoken('POST')}."]
        sentences += [f"{_format_of(one)} is at {one.spoken(request.method)}." for one in found[:1]]
    else:
        meant = " or ".join(dict.fromkeys(_with_format(one, request.method) for one in found))
        sentences = [f"there is nothing at {request.path}; did you mean {meant}?"]
    sentences += [one.host(request) for one in found[:1]]
    return " ".join(filter(None, sentences))


def _with_format(one: Near, method: str) -> str:
    spoken = one.spoken(method)
    return spoken if one.protocol == OWN.protocol else f"{spoken} ({_format_of(one)})"


def _format_of(one: Near) -> str:
    return protocols.wire_format(one.protocol).words.spoken


def _ranked(method: str, path: str) -> list[tuple[Order, Near]]:
    steps = [step for step in path.split("/") if step]
    if not steps or len(path) > LONGEST_PATH or len(steps) > MOST_STEPS:
        return []
    found: list[tuple[Order, Near]] = []
    for template in _templates():
        if (compared := _compared(steps, template)) is not None and compared[1].path != path:
            how_far, one = compared
            apart = abs(len(steps) - len(template.steps))
            order = (how_far, apart, method not in one.methods)
            found.append((order, one))
    if found:
        return sorted(found, key=lambda pair: pair[0])
    return _misspelt("/" + "/".join(steps))


def _compared(steps: Sequence[str], template: Template) -> tuple[int, Near] | None:
    """How far, and what was meant; None where the path does not end as the template does."""
    surplus = len(steps) - len(template.steps)
    if surplus >= 0:
        path = _filled(template.steps, steps[surplus:])
        before = "".join(f"/{step}" for step in steps[:surplus])
        near_one = path and Near(template.protocol, template.methods, path, surplus=before)
        return (SURPLUS if surplus else SAME, near_one) if near_one else None
    missing, rest = template.steps[:-surplus], template.steps[-surplus:]
    if rest[-1].startswith("{") or any(step.startswith("{") for step in missing):
        return None  # anything would do, or the host cannot be written so
    path = _filled(rest, steps)
    before = "".join(f"/{step}" for step in missing)
    return (
        (MISSING, Near(template.protocol, template.methods, before + path, missing=before)) if path else None
    )


def _filled(template: Sequence[str], steps: Sequence[str]) -> str:
    """The path as the template has it, with the steps as parameters; empty where a step is another."""
    made = ""
    for expected, step in zip(template, steps, strict=True):
        if not expected.startswith("{") and expected.casefold() != step.casefold():
            return ""
        made += f"/{step if expected.startswith('{') else expected}"
    return made


def _misspelt(path: str) -> list[tuple[Order, Near]]:
    by_letters = {
        "/" + "/".join(template.steps).casefold(): template
        for template in _templates()
        if not any(step.startswith("{") for step in template.steps)
    }
    by_letters.pop(path.casefold(), None)
    close = difflib.get_close_matches(path.casefold(), by_letters, n=1, cutoff=ALIKE)
    return [
        ((MISSPELT, 0, False), Near(template.protocol, template.methods, "/" + "/".join(template.steps)))
        for template in (by_letters[one] for one in close)
    ]


@cache
def _templates() -> tuple[Template, ...]:
    """Of what wants a key; `open` paths are those of scripts, or of an answer that says no."""
    methods: dict[tuple[str, str], list[str]] = {}
    for name in protocols.NAMES:
        for route in protocols.wire_format(name).routes:
            if route.kind != "open" and route.path != "/":
                methods.setdefault((name, route.path), []).append(route.method)
    return tuple(
        Template(name, tuple(path.split("/")[1:]), tuple(taken)) for (name, path), taken in methods.items()
    )
