"""Advice for YAML syntax errors: the usual mistakes, by the parser's message."""

from __future__ import annotations

import re

LIQUID = re.compile(r"[^:#]*:\s+\{[{%]|\s*-\s+\{[{%]")
"""A value that begins with `{{` or `{%` and has no quotes."""

BEHIND_QUOTES = re.compile(r"""[^:#]*:\s+("[^"]*"|'[^']*')\s+[&*]""")
"""A quoted value that is followed by one of YAML's marks."""

INNER_QUOTES = re.compile(r"""[^:#]*:\s+(["'])(?:(?!\1).)*\1\s*[^\s#,\]}]""")
"""A quoted value that ends in the middle, because the text contains the same quotation mark."""

BEGINS_WITH_A_MARK = "Put a text that begins with `*` or `&` in quotes."

SLIPS = (
    ("character '\\t'", "Indent with spaces; YAML takes no tabs there."),
    (
        "mapping values are not allowed",
        "Put a text with `: ` in it in quotes, and a space behind the colon of a key; or check the indentation.",
    ),
    ("sequence entries are not allowed", "Begin a list in the line below its key, or write it as `[a, b]`."),
    ("while parsing a flow sequence", "Close the list with `]`."),
    ("while parsing a flow mapping", "Close the mapping with `}`."),
    ("quoted scalar, found unexpected end", "Close the quotation mark in this line."),
    ("a quotation mark is opened here", "Close the quotation mark in this line."),
    ("unknown escape character", "Write a text with a backslash in 'single' quotes."),
    ("could not find expected ':'", "Write a space behind the colon: `key: value`."),
    ("'<block mapping start>'", "Indent keys that belong together by the same amount."),
    ("found '<scalar>'", "Put the whole text in quotes, such as one that begins with `{{`."),
    ("found '?'", "A list and `key: value` cannot stand side by side: indent one below the other."),
    ("block scalar, expected a comment", "Begin the text in the line below `|`, indented."),
    ("cannot start any token", "Put the text in quotes."),
    ("alias", BEGINS_WITH_A_MARK),
    ("anchor", BEGINS_WITH_A_MARK),
    ("mapping keys are not allowed", "Put a text that begins with `? ` in quotes."),
    ("found ','", "Put a text that begins with `,` in quotes."),
    ("found ']'", "Remove the `]`, or put a text that begins with it in quotes."),
    ("found '}'", "Remove the `}`, or put a text that begins with it in quotes."),
    ("a single document", "Keep one document in a file: remove the line `---`."),
    ("a list or mapping cannot be a key", "Put a text that begins with `{{` or `[` in quotes."),
    ("cannot be a key here", "Put it in quotes."),
    ("occurs twice here", "Remove or rename one."),
    ("has no meaning here", "Put a text that begins with `!` in quotes."),
)
"""The first entry whose words are in the message is used."""

OTHERWISE = "Correct the YAML; a text that begins with a mark, or has `: ` or ` #` in it, needs quotes."


def advice(message: str, line: str = "") -> str:
    """The advice for the parser's message and the line that it names."""
    if LIQUID.match(line):
        return "Put the whole text in quotes, because it begins with `{{` or `{%`."
    if BEHIND_QUOTES.match(line):
        return "Put the whole text in quotes, not only its beginning."
    inner = INNER_QUOTES.match(line)
    if inner is not None and line.count(inner[1]) > 2:
        other = "'single'" if inner[1] == '"' else '"double"'
        return f"The text has {inner[1]} in it: put it in {other} quotes, or begin it in the line below `|`."
    return next((mend for words, mend in SLIPS if words in message), OTHERWISE)
