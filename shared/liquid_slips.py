"""What to do about a text that is no Liquid: the usual slips, by what the parser says of them."""

from __future__ import annotations

import re
from typing import NamedTuple

MARKS = {"{{": "}}", "{%": "%}"}

BEGIN = re.compile(r"\{\{|\{%")

SLIPS = (
    ("unexpected '}'", "There is a `}` too many."),
    ("found '='", "Compare with `==`."),
    ("unexpected '&'", "Write `and`."),
    ("found dpipe", 'Write `or` in a condition; a value that may be missing takes `| default: "…"`.'),
    ('unexpected "\'"', 'Close the quotation mark; a text with \' in it stands in "double" ones.'),
    ("unexpected '\"'", "Close the quotation mark; a text with \" in it stands in 'single' ones."),
    ("found '('", 'What a filter is given stands behind a colon, without brackets: `| default: "friend"`.'),
    ("found string", 'What a filter is given stands behind a colon: `| default: "friend"`.'),
    ("found word", 'A name with a space is written `properties["first name"]`; filters stand behind `|`.'),
    ("primitive expression, found end", "Name a value between the marks, such as `{{ traits.first_name }}`."),
    ("missing tag name", "Name a tag between the marks, such as `{% if traits.city %}`."),
    ("expected in,", "Write `{% for one in properties.list %}`."),
    ("unexpected tag 'end", "Remove it, or begin what it ends."),
    ("unexpected tag 'els", "It stands between `{% if … %}` and `{% endif %}`."),
    (
        "unexpected tag",
        "There are `assign` and, each with its `end…`, `if`, `unless`, `case`, `for` and `capture`.",
    ),
)
EXPECTED_TAG = re.compile(r"expected tag (\w+)")

OTHERWISE = "See docs/workspace.md."


class Unclosed(NamedTuple):
    """`position` counts characters of the source from 0; `marks` are `{{` and `}}`, or `{%` and `%}`."""

    position: int
    marks: tuple[str, str]


def unclosed(source: str) -> Unclosed | None:
    """The first `{{` or `{%` behind which another comes, or nothing, before what closes it."""
    at = 0
    while (begin := BEGIN.search(source, at)) is not None:
        end = MARKS[begin[0]]
        closed, following = source.find(end, begin.end()), BEGIN.search(source, begin.end())
        if closed < 0 or (following is not None and following.start() < closed):
            return Unclosed(begin.start(), (begin[0], end))
        at = closed + len(end)
    return None


def advice(words: str) -> str:
    """For what the parser says."""
    expected = EXPECTED_TAG.search(words)
    if expected is not None:
        return f"Close it with `{{% {expected[1]} %}}`."
    return next((mend for slip, mend in SLIPS if slip in words), OTHERWISE)
