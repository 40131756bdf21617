"""Whatever is wrong in a workspace's files, lint says it: it never fails itself, and never says nothing."""

from __future__ import annotations

import copy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from shared.authoring.findings import errors
from shared.authoring.lint import lint

FILES: dict[str, Any] = {
    "workspace": {
        "name": "shop",
        "settings": {
            "timeline_days": 9,
            "email": {"sender": "hi@shop.example", "resend_uncertain": True},
            "sms": {"allowed_prefixes": ["+1"], "price_usd": 0.1},
            "webhooks": {"crm": {"url": "https://crm.example/hook"}},
        },
    },
    "sources": {
        "sources": {
            "server": {"trust": "server", "policy": "strict", "limits": {"oldest_days": 9}},
            "web": {"trust": "browser", "origins": ["*"], "tee": {"host": "https://vendor.example"}},
        }
    },
    "plan": {
        "catalogues": ["media"],
        "events": {
            "Buy Song": {
                "name": "Buy Song",
                "properties": {"price": {"type": "number", "required": True, "minimum": 0, "maximum": 9}},
            }
        },
    },
    "campaigns": {
        "campaigns": {
            "sms": {
                "event": "Buy Song",
                "channel": "sms",
                "template": "text",
                "where": {"all": [{"property": "price", "at_least": 5}, {"counter": "Like", "at_most": 3}]},
            },
            "crm": {"event": "Like", "channel": "webhook", "template": "body", "webhook": "crm"},
        }
    },
    "templates": {
        "templates": {
            "text": {"channel": "sms", "text": "{{ properties.price }}"},
            "body": {"channel": "webhook", "body": "{}"},
        }
    },
}
JUNK: list[Any] = [
    None, True, 0, -1.5, "", "yes", "x", "{{", "{% if %}", "*", [], ["x"], [[]], {}, {"x": 1}, {"all": 5}, 1e30,
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


PLACES = [(name, *path) for name, content in FILES.items() for path in places(content)]


def changed(place: tuple[Any, ...], junk: Any, *, as_key: bool) -> dict[str, Any]:
    """The files with junk there: instead of the value, or as another key beside it."""
    files = copy.deepcopy(FILES)
    at: Any = files
    for step in place[:-1]:
        at = at[step]
    if as_key and isinstance(at, dict) and len(place) > 1:
        at[f"{place[-1]}s"] = at.pop(place[-1])
    else:
        at[place[-1]] = junk
    return files


def written(files: dict[str, Any], directory: Path) -> Path:
    for name, content in files.items():
        (directory / f"{name}.yaml").write_bytes(
            orjson.dumps(content, option=orjson.OPT_PASSTHROUGH_SUBCLASS)
        )
    return directory


def test_the_files_are_right_as_they_are() -> None:
    with TemporaryDirectory() as folder:
        assert errors(lint(written(FILES, Path(folder)))) == []


SCALARS = [one for one in JUNK if not isinstance(one, (list, dict))]
"""Another mapping in the place of one takes out what others name: that is a mistake of its own."""


@given(st.sampled_from(PLACES), st.sampled_from(SCALARS), st.booleans())
def test_one_mistake_is_told_and_nothing_that_only_follows_from_it(
    place: tuple[Any, ...], junk: Any, as_key: bool
) -> None:
    with TemporaryDirectory() as folder:
        found = lint(written(changed(place, junk, as_key=as_key), Path(folder)))

    if any(finding.rule in ("schema", "yaml") for finding in errors(found)):
        followed = {"unknown-event", "unknown-property", "unknown-template", "unknown-webhook", "channel"}
        if place[0] != "templates":
            followed |= {"may-be-missing", "not-json", "template"}
        assert not followed & {finding.rule for finding in found}, found


@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(JUNK), st.booleans()), max_size=6))
def test_several_mistakes_never_make_lint_fail(mistakes: list[tuple[tuple[Any, ...], Any, bool]]) -> None:
    files = copy.deepcopy(FILES)
    for place, junk, as_key in mistakes:
        at: Any = files
        for step in place[:-1]:
            at = at[step] if isinstance(at, (dict, list)) and _has(at, step) else None
        if isinstance(at, dict):
            at[f"{place[-1]}s" if as_key else place[-1]] = junk
    with TemporaryDirectory() as folder:
        lint(written(files, Path(folder)))


def _has(at: Any, step: Any) -> bool:
    return step in at if isinstance(at, dict) else isinstance(step, int) and step < len(at)
