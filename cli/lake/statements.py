"""What is asked of the lake, as somebody typed it: its comments, its semicolon, and whether it only reads."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot.dialects import Athena
from sqlglot.errors import SqlglotError
from sqlglot.tokens import TokenType

from cli.lake.types import SCHEMA
from shared.lake import schema

READING = frozenset({"select", "with", "values", "show", "describe", "desc", "explain", "table", "("})
"""What a statement that changes nothing begins with."""
EXPLAINED = frozenset({"select", "with", "values", "table", "("})
"""What is explained. EXPLAIN ANALYZE runs it.

https://docs.aws.amazon.com/athena/latest/ug/athena-explain-statement.html
"""
BETWEEN = r"(?:\s|--[^\r\n]*|/\*.*?\*/)*"
"""Spaces and comments. A carriage return ends one too, in Athena."""
FIRST_WORD = re.compile(BETWEEN + r"(\w+|\S)", re.DOTALL)
EXPLAIN = re.compile(
    rf"{BETWEEN}explain\b(?:{BETWEEN}(?:analyze|verbose)\b)*(?:{BETWEEN}\((?:{BETWEEN}(?:type|format)\b[^()]*)\))?",
    re.DOTALL | re.IGNORECASE,
)
"""The word with its options; what follows is what is explained."""


class NotAQuery(ValueError):
    """Not one statement that reads, or one that Athena would refuse; the text says why."""


def alone(sql: str) -> str:
    """The statement without the semicolon at its end and what follows it.

    Raises NotAQuery if there is none, or if it would change something: on AWS it would be run.
    """
    try:
        tokens = Athena().tokenize(sql)
    except SqlglotError:  # whoever runs it says what is wrong; it may be right there
        _checked_to_read(sql)
        return sql.strip()
    end = len(sql)
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        end = tokens.pop().start
    if not tokens:
        raise NotAQuery("there is nothing to ask: write a SELECT")
    _checked_to_read(sql)
    return sql[:end].strip()


def _checked_to_read(sql: str) -> None:
    """Raises NotAQuery for what begins like a statement that changes something, whether its tokens are known or not."""
    first = _first_word(sql)
    if first.lower() not in READING:
        raise NotAQuery(
            f"`headrace query` only reads: a query begins with SELECT or WITH, not with `{first}`"
        )
    explain = EXPLAIN.match(sql)
    if explain is not None and (explained := _first_word(sql[explain.end() :])).lower() not in EXPLAINED:
        raise NotAQuery(
            "`headrace query` only reads, and EXPLAIN ANALYZE runs what it explains: that begins with SELECT or WITH,"
            f" not with `{explained}`"
        )


def _first_word(sql: str) -> str:
    begins = FIRST_WORD.match(sql)
    return begins[1] if begins else ""


def about_the_lake(sql: str) -> str | None:
    """For `show tables`, `show columns from T` and `describe T`: the SELECT that answers it on the laptop.

    None for any other statement. Raises NotAQuery for a table that there is not, or another SHOW.
    """
    words = (
        re.sub(r"--[^\n]*|/\*.*?\*/", " ", sql, flags=re.DOTALL)
        .replace('"', "")
        .lower()
        .rstrip("; \n\t")
        .split()
    )
    match words:
        case ["show", "tables"] | ["show", "tables", "in" | "from", _] | ["show", "views"]:
            views = {table.view for table in schema.TABLES}
            names = [name for name in SCHEMA if words[1] == "tables" or name in views]
            return _rows("tab_name", [(name,) for name in sorted(names)])
        case ["show", "columns", "in" | "from", table]:
            return _rows("field", [(column,) for column, _ in _columns(table)])
        case ["describe" | "desc", table] | ["describe" | "desc", "formatted" | "extended", table]:
            return _rows("col_name, data_type", _columns(table))
        case ["show" | "describe" | "desc" | "explain", *_]:
            raise NotAQuery(
                f"on the laptop there is no such {words[0].upper()}: there are `show tables`, "
                f"`show columns from events` and `describe events`, of {', '.join(SCHEMA)}"
            )
    return None


def _columns(table: str) -> Sequence[tuple[str, str]]:
    name = table.rpartition(".")[2]
    for known in schema.TABLES:
        if name in (known.name, known.view):
            return [*known.columns, *schema.PARTITIONS]
    raise NotAQuery(f"There is no table `{name}`. There are {', '.join(SCHEMA)}")


def _rows(columns: str, rows: Sequence[tuple[str, ...]]) -> str:
    values = ", ".join("(" + ", ".join(f"'{cell}'" for cell in row) + ")" for row in rows)
    return f"select {columns} from (values {values}) as shown({columns})"  # noqa: S608
