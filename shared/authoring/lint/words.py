"""The words of a name, however it is written: `Song Played`, `songPlayed`, `song_played`, `song-played`."""

from __future__ import annotations

PARTICLES = frozenset(
    {
        "a", "an", "and", "as", "at", "back", "by", "down", "for", "from", "in", "into", "my", "of", "off", "on",
        "or", "out", "over", "per", "the", "through", "to", "up", "via", "with",
    }
)  # fmt: skip
"""Words that may follow a verb, and that titles may write small."""


def words(name: str) -> list[str]:
    """In their own case. A capital after a small letter or a digit begins a word, and so does the last of several."""
    found: list[str] = []
    current = ""
    for index, letter in enumerate(name):
        if not letter.isalnum():
            found, current = [*found, current], ""
            continue
        before = name[index - 1] if index else ""
        after = name[index + 1] if index + 1 < len(name) else ""
        if current and letter.isupper() and (not before.isupper() or after.islower()):
            found, current = [*found, current], ""
        current += letter
    return [word for word in [*found, current] if word]


def same_letters(name: str) -> str:
    """What names share that differ in case, spaces, `_` or `-` only."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())
