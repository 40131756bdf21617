"""In which case a name is written. A single word leaves several styles open; a script without case leaves all."""

from __future__ import annotations

from shared.authoring.lint.words import PARTICLES, words

TITLE, SENTENCE, LOWER, UPPER = "Title Case", "Sentence case", "lower case", "UPPER CASE"
SNAKE, CAMEL, PASCAL, KEBAB = "snake_case", "camelCase", "PascalCase", "kebab-case"
MIXED = "of one case"
MIXED_ONLY = frozenset({MIXED})
"""Of names that mix styles: they are never like another."""


def styles(name: str) -> frozenset[str]:
    """The styles the name may be in; empty when it has no letters with a case."""
    cased = [word for word in words(name) if word.lower() != word.upper()]
    if not cased:
        return frozenset()
    separators = frozenset(letter for letter in name if not letter.isalnum())
    return frozenset(_single(cased[0]) if len(cased) == 1 and not separators else _several(cased, separators))


def _single(word: str) -> set[str]:
    if word == word.lower():
        return {LOWER, SNAKE, CAMEL, KEBAB}
    return {TITLE, SENTENCE, PASCAL, *([UPPER] if word == word.upper() else [])}


def _several(parts: list[str], separators: frozenset[str]) -> set[str]:
    small = all(word == word.lower() for word in parts)
    capital = [word[0] != word[0].lower() for word in parts]
    match sorted(separators):
        case []:
            return {PASCAL if capital[0] else CAMEL}
        case [" "] if small:
            return {LOWER}
        case [" "] if all(
            is_capital or word in PARTICLES for word, is_capital in zip(parts, capital, strict=True)
        ):
            return {TITLE}
        case [" "] if capital[0] and not any(capital[1:]):
            return {SENTENCE}
        case ["_"] if small:
            return {SNAKE}
        case ["_"] if all(word == word.upper() for word in parts):
            return {UPPER}
        case ["-"] if small:
            return {KEBAB}
    return {MIXED}


def rewritten(name: str, style: str) -> str:
    """The name in another style, for advice."""
    lower = [word.lower() for word in words(name)]
    match style:
        case "snake_case":
            return "_".join(lower)
        case "kebab-case":
            return "-".join(lower)
        case "camelCase":
            return "".join([*lower[:1], *(word.capitalize() for word in lower[1:])])
        case "PascalCase":
            return "".join(word.capitalize() for word in lower)
        case "Title Case":
            return " ".join(word.capitalize() for word in lower)
        case "Sentence case":
            return " ".join(lower).capitalize()
        case "UPPER CASE":
            return "_".join(lower).upper()
    return " ".join(lower)
