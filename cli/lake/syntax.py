"""What sqlglot reads and Athena's own parser does not, told from the order of the words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot.dialects import Athena
from sqlglot.tokens import Token, TokenType

UNITS = frozenset({"second", "minute", "hour", "day", "month", "year"})
"""What an interval is counted in."""

Tokens = Sequence[Token]
Check = Callable[[Tokens, int], str | None]

AFTER_A_COMMA = frozenset(
    {
        TokenType.FROM,
        TokenType.WHERE,
        TokenType.GROUP_BY,
        TokenType.ORDER_BY,
        TokenType.LIMIT,
        TokenType.R_PAREN,
    }
)
"""No value begins with one of these: the comma before it is one too many."""

UNKNOWN_SIGNS = {
    "==": "write `=`",
    "`": 'write names in double quotes: "my name"',
    "->>": "write json_extract_scalar(…)",
    "{": "write map(array[…], array[…]) or row(…)",
    "**": "write power(…)",
    "//": "write `/`, which of integers is whole",
    "<=>": "write `is not distinct from`",
    "~": "write regexp_like(…)",
    "$$": "write text in single quotes",
}


def objection(sql: str) -> str | None:
    """What Athena's parser would refuse; None if nothing is known. Raises sqlglot's TokenError."""
    tokens = Athena().tokenize(sql)
    for n in range(len(tokens)):
        for check in CHECKS:
            if (refused := check(tokens, n)) is not None:
                return refused
    return None


def _is(tokens: Tokens, n: int, *kinds: TokenType) -> bool:
    return 0 <= n < len(tokens) and tokens[n].token_type in kinds


def _text(tokens: Tokens, n: int) -> str:
    return tokens[n].text.lower() if 0 <= n < len(tokens) else ""


def _limit(tokens: Tokens, n: int) -> str | None:
    if not _is(tokens, n, TokenType.LIMIT):
        return None
    if _is(tokens, n + 2, TokenType.COMMA):
        return "Athena has no `limit 5, 5`: write `offset 5 limit 5`"
    if _is(tokens, n + 2, TokenType.OFFSET):
        return "Athena wants OFFSET before LIMIT: `offset 3 limit 2`"
    return None


def _interval(tokens: Tokens, n: int) -> str | None:
    if not _is(tokens, n, TokenType.INTERVAL):
        return None
    at = n + 1 + _is(tokens, n + 1, TokenType.DASH, TokenType.PLUS)
    said = "Athena writes an interval as `interval '7' day`: the number in quotes, the unit in the singular"
    if _is(tokens, at, TokenType.NUMBER):
        return said
    return said if _is(tokens, at, TokenType.STRING) and _text(tokens, at + 1) not in UNITS else None


def _from_first(tokens: Tokens, n: int) -> str | None:
    if not _is(tokens, n, TokenType.FROM) or not (n == 0 or _is(tokens, n - 1, TokenType.L_PAREN)):
        return None
    return None if _text(tokens, n - 2) == "trim" else "Athena wants SELECT before FROM"


def _comma(tokens: Tokens, n: int) -> str | None:
    if not _is(tokens, n, TokenType.COMMA) or not (
        n + 1 == len(tokens) or _is(tokens, n + 1, *AFTER_A_COMMA)
    ):
        return None
    before = f" before {tokens[n + 1].text.upper()}" if n + 1 < len(tokens) else " at the end"
    return f"There is a comma too many{before}"


def _all(tokens: Tokens, n: int) -> str | None:
    if not _is(tokens, n, TokenType.GROUP_BY, TokenType.ORDER_BY) or not _is(tokens, n + 1, TokenType.ALL):
        return None
    is_last = n + 2 == len(tokens) or _is(
        tokens, n + 2, TokenType.ORDER_BY, TokenType.HAVING, TokenType.LIMIT, TokenType.R_PAREN, TokenType.SEMICOLON
    )  # fmt: skip
    what = tokens[n].text.upper()
    return f"Athena has no {what} ALL: name the columns, or their numbers" if is_last else None


def _alias(tokens: Tokens, n: int) -> str | None:
    if _is(tokens, n, TokenType.ALIAS) and _is(tokens, n + 1, TokenType.STRING):
        return f'Athena takes a name in double quotes only: as "{tokens[n + 1].text}"'
    return None


def _decimal(tokens: Tokens, n: int) -> str | None:
    is_cast = _is(tokens, n - 1, TokenType.ALIAS) and _is(tokens, n + 1, TokenType.R_PAREN)
    if _is(tokens, n, TokenType.DECIMAL) and is_cast:
        return "`decimal` alone has no fraction in Athena: write decimal(18, 2)"
    return None


def _qualify(tokens: Tokens, n: int) -> str | None:
    if (
        tokens[n].token_type is TokenType.VAR
        and _text(tokens, n) == "qualify"
        and not _is(tokens, n - 1, TokenType.ALIAS, TokenType.DOT, TokenType.COMMA, TokenType.SELECT)
    ):
        return "Athena has no QUALIFY: put the window function into a subquery, and its condition into WHERE"
    return None


def _sign(tokens: Tokens, n: int) -> str | None:
    token = tokens[n]
    quoted = (TokenType.STRING, TokenType.IDENTIFIER)
    if token.token_type in quoted:
        return None
    pair = (
        token.text + tokens[n + 1].text
        if n + 1 < len(tokens) and tokens[n + 1].start == token.end + 1
        else ""
    )
    for sign, instead in UNKNOWN_SIGNS.items():
        if (
            token.text == sign
            or (pair == sign and not _is(tokens, n + 1, *quoted))
            or (sign == "$$" and token.text.startswith(sign))
        ):
            return f"Athena has no `{sign}`: {instead}"
    return None


def _list(tokens: Tokens, n: int) -> str | None:
    """`[1, 2]` where no value stands before it that it could be an element of."""
    if not _is(tokens, n, TokenType.L_BRACKET):
        return None
    ends_a_value = n > 0 and (
        _is(tokens, n - 1, TokenType.ARRAY, TokenType.VAR, TokenType.IDENTIFIER)
        or _is(tokens, n - 1, TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.STRING)
        or (tokens[n - 1].text.isidentifier() and tokens[n - 1].text.lower() not in ("select", "in", "then", "else"))
    )  # fmt: skip
    return None if ends_a_value else "Athena writes a list as array[1, 2]"


CHECKS: tuple[Check, ...] = (
    *(_limit, _interval, _from_first, _comma, _all, _alias, _decimal, _qualify, _sign, _list),
)
