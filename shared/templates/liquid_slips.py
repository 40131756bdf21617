"""Advice for Liquid syntax errors: the usual mistakes, by the parser's message."""

from __future__ import annotations

import re
from typing import NamedTuple

MARKS = {"{{": "}}", "{%": "%}"}

BEGIN = re.compile(r"\{\{|\{%")

OR = 'Write `or` in a condition; a value that may be missing takes `| default: "…"`.'
CONDITION = "Write a condition as `{% if traits.city %}…{% else %}…{% endif %}`."
CHOICE = (
    'Choose with `{% if … %}…{% else %}…{% endif %}`; a value that may be missing takes `| default: "…"`.'
)

SLIPS = (
    ("unexpected '}'", "There is a `}` too many."),
    ("unexpected '{'", "Write `{{` and `}}`; a part of an email that is `html` is escaped."),
    ("unexpected '#'", CONDITION),
    ("unexpected '/'", f"{CONDITION} Divide with `| divided_by: 2`."),
    ("found else", CONDITION),
    ("unexpected '?'", CHOICE),
    ("disallowed ternary", CHOICE),
    ("disallowed not operator", "Write `{% unless traits.city %}…{% endunless %}`."),
    ("unexpected '+'", 'Write `| plus: 1` for a number, `| append: "…"` for a text.'),
    ("found '='", "Compare with `==`."),
    ("found assign", "Compare with `==`."),
    ("end of expression, found or", OR),
    (
        "end of expression, found and",
        "`and` is only allowed in a condition: `{% if traits.a and traits.b %}`.",
    ),
    ("unexpected '&'", "Write `and`."),
    ("found dpipe", OR),
    ("unexpected '|'", OR),
    ('unexpected "\'"', 'Close the quotation mark; put a text with \' in it in "double" ones.'),
    ("unexpected '\"'", "Close the quotation mark; put a text with \" in it in 'single' ones."),
    ("found '('", 'Write the argument of a filter after a colon, without brackets: `| default: "friend"`.'),
    ("found string", 'Write the argument of a filter after a colon: `| default: "friend"`.'),
    ("found word", 'Write a name with a space as `properties["first name"]`; filters come after `|`.'),
    ("primitive expression, found end", "Name a value between the marks, such as `{{ traits.first_name }}`."),
    ("missing tag name", "Name a tag between the marks, such as `{% if traits.city %}`."),
    ("expected in,", "Write `{% for one in properties.list %}`."),
    ("unexpected tag 'end'", "Say what it ends: `{% endif %}`, `{% endfor %}`."),
    ("unexpected tag 'end", "Remove it, add the tag that it ends, or close the open tag before it."),
    ("unexpected tag 'else'", "Use it between `{% if … %}` and `{% endif %}`."),
    ("unexpected tag 'elsif'", "Use it between `{% if … %}` and `{% endif %}`."),
    ("unexpected tag 'el", "Write `elsif`: `{% elsif traits.city %}`."),
    ("unexpected tag 'when'", "Use it between `{% case … %}` and `{% endcase %}`."),
    ("unexpected tag 'switch'", 'Write `case`: `{% case traits.plan %}{% when "pro" %}…{% endcase %}`.'),
    ("unexpected tag 'set'", "Write `assign`: `{% assign city = traits.city %}`."),
    ("unexpected tag 'let'", "Write `assign`: `{% assign city = traits.city %}`."),
    (
        "unexpected tag",
        "There are `assign` and, each with its `end…`, `if`, `unless`, `case`, `for` and `capture`.",
    ),
)
EXPECTED_TAG = re.compile(r"expected tag (\w+)")

OTHER_FILTERS = {
    "upper": "upcase", "uppercase": "upcase", "touppercase": "upcase", "lower": "downcase", "lowercase": "downcase",
    "tolowercase": "downcase", "title": "capitalize", "titlecase": "capitalize", "ucfirst": "capitalize",
    "capitalise": "capitalize", "length": "size", "len": "size", "count": "size", "tojson": "json",
    "jsonencode": "json", "trim": "strip", "strftime": "date", "dateformat": "date", "formatdate": "date",
    "fallback": "default", "ifempty": "default", "substr": "slice", "substring": "slice", "urlencode": "url_encode",
    "htmlescape": "escape", "e": "escape", "h": "escape", "concatenate": "append", "add": "plus",
    "subtract": "minus", "multiply": "times", "divide": "divided_by", "nl2br": "newline_to_br",
}  # fmt: skip
"""Names of filters in other template languages, in lowercase without `_`."""

OTHER_VARIABLES = {
    "user": "traits", "customer": "traits", "profile": "traits", "contact": "traits", "attributes": "traits",
    "attribute": "traits", "props": "properties", "payload": "properties",
}  # fmt: skip
"""Names of variables in other systems. They apply only if something below them is used."""

OTHERWISE = "See docs/workspace.md."


class Unclosed(NamedTuple):
    """`position` counts characters of the source from 0; `marks` are `{{` and `}}`, or `{%` and `%}`."""

    position: int
    marks: tuple[str, str]


def unclosed(source: str) -> Unclosed | None:
    """The first `{{` or `{%` that is not closed before the next one or the end."""
    at = 0
    while (begin := BEGIN.search(source, at)) is not None:
        end = MARKS[begin[0]]
        closed, following = source.find(end, begin.end()), BEGIN.search(source, begin.end())
        if closed < 0 or (following is not None and following.start() < closed):
            return Unclosed(begin.start(), (begin[0], end))
        at = closed + len(end)
    return None


def advice(words: str) -> str:
    """The advice for the parser's message."""
    expected = EXPECTED_TAG.search(words)
    if expected is not None:
        return f"Close it with `{{% {expected[1]} %}}`."
    return next((mend for slip, mend in SLIPS if slip in words), OTHERWISE)
