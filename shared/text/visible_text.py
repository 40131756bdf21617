"""The visible part of a text: without surrounding spaces and without invisible characters.

Pasted text often contains byte order marks, direction marks, zero-width spaces, no-break spaces or NUL.
"""

from __future__ import annotations

import re

MARKS = (
    "\\x00-\\x1f\\x7f-\\x9f"  # control characters
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
"""Characters that show nothing, for a regular expression: https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
and blanks that do not count as spaces. Written out, as each Python knows another version of Unicode. Compiled when the
first such text comes."""

HALVES = "\ud800-\udfff"
"""Of characters, as a cut in the middle of an emoji leaves them; for a regular expression."""

LONGEST_READ = 256
"""Characters of a text that is read for what it looks like. To put accents in Unicode's order takes the square of their
number, and no id, phone number or word of a list is as long."""

CONTROLS = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f"
"""Without tab and the two ends of lines."""


def trimmed(text: str) -> str:
    """The text without spaces and invisible marks around it; those inside stay. `""` when there is nothing to see."""
    if text.isascii() and text.isprintable():
        return text.strip()
    before = re.match(f"[\\s{MARKS}]*", text)
    after = re.match(
        f"[\\s{MARKS}]*", text[::-1]
    )  # looked for forwards, a long run that ends nowhere costs its square
    begin, end = (before.end() if before else 0), len(text) - (after.end() if after else 0)
    return text[begin:end]


def without_marks(text: str) -> str:
    """What the text looks like, for reading it: no invisible marks or halves of characters, every kind of space as
    one, and in a text of at most `LONGEST_READ` full-width and styled letters as plain ones. Not for keeping: it is
    another spelling."""
    if text.isascii() and text.isprintable():
        return text.strip()
    import unicodedata  # few functions meet such a text

    seen = re.sub(f"[{MARKS}{HALVES}]", "", " ".join(text.split()))
    return unicodedata.normalize("NFKC", seen).strip() if len(seen) <= LONGEST_READ else seen.strip()


def without_controls(text: str) -> str:
    """The text without control characters but tab and the ends of lines."""
    return text if text.isprintable() else re.sub(f"[{CONTROLS}]", "", text)


def one_line(text: str) -> str:
    """The text as one line, for headers and titles: no control characters, and single spaces."""
    spaced = " ".join(text.split())  # some control characters end lines
    return " ".join(without_controls(spaced).split())
