"""Pages of documentation quote the limits of `shared/workspace/limits.py` and of the formats, as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from functions.collect import protocols
from shared.fold.consequences import FROM_ONE_CAUSE
from shared.workspace.limits import (
    BATCH_BYTES,
    EVENT_BYTES,
    MOST_BATCH_BYTES,
    MOST_EVENT_BYTES,
    MOST_ITEMS,
    MOST_MESSAGES,
    in_words,
)

DOCS = Path(__file__).parents[2] / "docs"

EVENT, MOST_EVENT, BATCH, MOST_BATCH = map(
    in_words, (EVENT_BYTES, MOST_EVENT_BYTES, BATCH_BYTES, MOST_BATCH_BYTES)
)

QUOTED = {
    "collecting.md": (EVENT, MOST_EVENT, f"{BATCH} and {MOST_ITEMS:,} events"),
    "workspace.md": (
        f"at most {MOST_EVENT}. Default: {EVENT}.",
        f"at most {MOST_BATCH}. Default: {BATCH}.",
        f"One event asks for at most {MOST_MESSAGES} messages",
        f"beyond {in_words(FROM_ONE_CAUSE)}",
        f"more than {MOST_MESSAGES} campaigns wait for one event",
    ),
    "tee.md": (f"({MOST_BATCH} decompressed)",),
    "protocols/clevertap.md": (f"{BATCH} (`limits.batch_bytes`)",),
    "protocols/infobip.md": (f"{MOST_BATCH} (`limits.batch_bytes`, {BATCH} unless set)", MOST_EVENT, EVENT),
    "protocols/pinpoint.md": (f"the event's {EVENT}",),
    "protocols/posthog.md": (BATCH, MOST_BATCH),
    "protocols/snowplow.md": (f"the {BATCH}",),
}
"""Every page that says how large an event or a request may be. A limit that changes is to be changed in each."""

ITEMS_OF_A_REQUEST = re.compile(
    r"(?:may have|more than|and|or|up to) ([\d,]+)"
    r" (?:events or people|endpoints and events|records|events(?! a second| of 1 KB| per ))"
)


def page(name: str) -> str:
    """Its text with each run of spaces and line ends as one space."""
    return " ".join((DOCS / name).read_text(encoding="utf-8").split())


@pytest.mark.parametrize("name", QUOTED)
def test_a_page_says_how_large_an_event_and_a_request_may_be(name: str) -> None:
    text = page(name)
    assert [quote for quote in QUOTED[name] if quote not in text] == []


def test_no_other_page_says_it() -> None:
    found = {
        str(file.relative_to(DOCS))
        for file in DOCS.rglob("*.md")
        if re.search(r"\d+ [KM]B[^|.]*`limits\.(event|batch)_bytes`|`(event|batch)_bytes`", file.read_text())
    }
    assert found <= set(QUOTED)


@pytest.mark.parametrize("name", protocols.NAMES)
def test_the_page_of_a_format_says_how_many_items_a_request_may_have(name: str) -> None:
    """Where it says so: the others are held to `collecting.md`."""
    most = protocols.wire_format(name).items.most
    quoted = ITEMS_OF_A_REQUEST.findall(page(f"protocols/{name.replace('_', '-')}.md"))
    assert set(quoted) <= {f"{most:,}"}
    assert quoted or most == MOST_ITEMS


def test_seven_pages_say_it() -> None:
    """The pattern above finds what is there."""
    pages = [
        name
        for name in protocols.NAMES
        if ITEMS_OF_A_REQUEST.search(page(f"protocols/{name.replace('_', '-')}.md"))
    ]
    assert pages == ["clevertap", "ga4", "infobip", "mparticle", "netmera", "pinpoint", "posthog"]


@pytest.mark.parametrize(
    ("size", "words"), [(1024, "1 KB"), (500 * 1024, "500 KB"), (1024**2, "1 MB"), (1536 * 1024, "1536 KB")]
)
def test_a_size_is_said_in_the_largest_unit_that_is_whole(size: int, words: str) -> None:
    assert in_words(size) == words


def test_the_summaries_of_routes_say_how_many_items_a_request_may_have() -> None:
    for name in protocols.NAMES:
        format_ = protocols.wire_format(name)
        for route in format_.routes:
            for number in re.findall(r"Up to ([\d,]+) events", route.summary):
                assert number == f"{format_.items.most:,}", route
