"""The SQL kept beside the archive: the lake's views and named queries, and the values filled into the latter.

A named query is `functions/archive/queries/<name>.sql`: first what it answers, then `-- parameters:` and the name of
each `?` in turn. On AWS the same text is a named query of Athena's console, which asks for the values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlglot.dialects import Athena
from sqlglot.tokens import TokenType

from cli.checkout import ROOT

QUERIES = ROOT / "functions" / "archive" / "queries"
VIEWS = ROOT / "functions" / "archive" / "views"

PARAMETERS = "-- parameters:"


@dataclass(frozen=True)
class NamedQuery:
    name: str
    sql: str

    @cached_property
    def answers(self) -> str:
        """What it answers, in a sentence."""
        return self.sql.partition(PARAMETERS)[0].replace("--", "").strip()

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The name of each `?`, in order; one name may stand for several."""
        listed = self.sql.partition(PARAMETERS)[2].partition("\n")[0]
        return tuple(name.strip() for name in listed.split(",") if name.strip())

    def filled(self, values: Mapping[str, str | int]) -> str:
        """The SQL with its `?` replaced by literals. Raises KeyError for a parameter without a value."""
        places = [token for token in Athena().tokenize(self.sql) if token.token_type is TokenType.PLACEHOLDER]
        sql = self.sql
        for token, name in reversed(list(zip(places, self.parameters, strict=True))):
            sql = sql[: token.start] + literal(values[name]) + sql[token.end + 1 :]
        return sql


def literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def named_queries() -> dict[str, NamedQuery]:
    return {path.stem: NamedQuery(path.stem, path.read_text()) for path in _sql_files(QUERIES)}


def views() -> dict[str, str]:
    """The select of each view, by its name."""
    return {path.stem: path.read_text() for path in _sql_files(VIEWS)}


def _sql_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.sql"))
