"""Every page says what its vendor's clients ask for and do not get, and what they see instead: never a 5xx."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from functions.collect import protocols
from tests.fakes.collect_stage import OBSERVE, Stage
from tests.unit.collect.asked_of_vendors import ASKED, TYPES

PAGES = Path(__file__).parents[3] / "docs" / "protocols"

HEADINGS = re.compile(r"^## .*(?:ot supported|not here)$", re.MULTILINE)
NAMED = re.compile(r"`(?:([A-Z]+) )?(/[^`\s?]*)")
"""A path in a page, with the method where it matters. `{key}` and `<vendor>` stand for a step, `…` for what follows."""

CALLS = [(name, call) for name, calls in ASKED.items() for call in calls]


def not_supported(name: str) -> str:
    text = (PAGES / f"{name.replace('_', '-')}.md").read_text(encoding="utf-8")
    [heading] = HEADINGS.finditer(text)
    return text[heading.end() :].partition("\n## ")[0]


def listed(name: str) -> list[tuple[str, str]]:
    return [(method or "", path) for method, path in NAMED.findall(not_supported(name))]


def is_here(method: str, path: str) -> bool:
    """Whether a call brings anything: what is answered by 404 on purpose is in the route tables too."""
    found = protocols.find(path)
    route = found.routes.get(method) if found is not None else None
    return route is not None and not route.summary.startswith(("Not here", "The scripts of"))


def is_listed(name: str, method: str, path: str) -> bool:
    return any(
        said in ("", method) and re.fullmatch(_pattern(template), path) for said, template in listed(name)
    )


def _pattern(template: str) -> str:
    escaped = re.escape(template.rstrip("…"))
    steps = re.sub(r"\\\{[^}]*\\\}|<[^>]*>", "[^/]+", escaped)
    return steps + (".*" if template.endswith("…") else "/?")


@pytest.mark.parametrize(("name", "call"), CALLS, ids=[f"{name}: {call}" for name, call in CALLS])
def test_what_a_vendors_clients_ask_is_answered_or_listed(stage: Stage, name: str, call: str) -> None:
    method, _, path = call.partition(" ")
    if is_here(method, path):
        assert not is_listed(name, method, path), "the page says that this is not supported"
        return
    assert is_listed(name, method, path), "stands under Not supported on the vendor's page"
    answer = stage.request(method, path, b"{}", {"x-api-key": OBSERVE})
    assert 400 <= answer.status < 500
    found = protocols.find(path)
    if found is not None:
        assert import_module(f"tests.unit.collect.refusals.{found.protocol}").is_refusal(answer)
    assert (stage.events, stage.kept) == ([], [])


LISTED = [(name, method, path) for name in ASKED for method, path in listed(name)]


@pytest.mark.parametrize(("name", "method", "path"), LISTED)
def test_what_a_page_lists_is_not_there(stage: Stage, name: str, method: str, path: str) -> None:
    filled = re.sub(r"\{[^}]*\}|<[^>]*>", "x", path).rstrip("…") + ("x" if path.endswith("/…") else "")
    for one in [method] if method else ["GET", "POST", "PUT", "DELETE"]:
        assert not is_here(one, filled), f"{one} {filled}"
        assert 400 <= stage.request(one, filled, b"{}", {}).status < 500


@pytest.mark.parametrize("type_", TYPES)
def test_rudderstacks_other_types_are_listed_and_cost_their_own_event_alone(stage: Stage, type_: str) -> None:
    assert f"`{type_}`" in not_supported("twilio_segment")
    answer = stage.batch({"type": type_, "userId": "u1"}, {"type": "identify", "userId": "u1"}, key=OBSERVE)
    assert (answer.status, answer.codes) == (200, [["malformed"]])
