"""What DuckDB and sqlglot say of a query that fails, in a person's words."""

from __future__ import annotations

import re

from sqlglot.errors import SqlglotError

NO_FUNCTION = re.compile(r"Function with name \"?(\w+)\"? (?:does not exist|is not in the catalog)")
OUT_OF_RANGE = re.compile(r"Type DOUBLE with value -?(?:inf|nan) can't be cast")
NO_ARGUMENTS = re.compile(r"No function matches the given name and argument types '(\w+)\((.*?)\)'")
MISSING_PART = re.compile(r"Required keyword: '(\w+)' missing for <class '[\w.]*\.(\w+)'>")
TOO_MANY = re.compile(r"The number of provided arguments \((\d+)\) is greater than .* \((\d+)\)")
OPEN_TEXT = re.compile(r"Missing (.+) from (\d+):(\d+)")
EXPECTED_SIGN = re.compile(r"Expecting (\S+)")
TOKEN = re.compile(r"<Token token_type: TokenType\.(\w+), text: (.*?), line: .*?>")
CLASS = re.compile(r"<class '[\w.]*\.(\w+)'>")
ERROR_KIND = re.compile(r"^(?:\w+ )+Error: ")


def of_the_engine(reason: str) -> str:
    """DuckDB's reason without the translated query that it quotes."""
    reason = reason.partition("\n\nLINE ")[0]
    if found := NO_FUNCTION.search(reason):
        return f"on the laptop there is no function `{found[1].lower()}`"
    if found := NO_ARGUMENTS.search(reason):
        return f"the function `{found[1].lower()}` does not take ({found[2].lower()})"
    if OUT_OF_RANGE.search(reason) or "Division by zero" in reason:
        return "Division by zero"
    return ERROR_KIND.sub("", reason.partition("\nCandidate ")[0]).strip()


def of_the_parser(error: SqlglotError) -> str:
    """Where the mistake is, and what is missing, without names of sqlglot's classes and its colours."""
    details = getattr(error, "errors", None)
    if details:
        first = details[0]
        return (
            f"{_described(first['description'].rstrip('.'))} at line {first['line']}, column {first['col']}"
        )
    for reason in (str(error.__cause__ or ""), str(error)):
        if found := OPEN_TEXT.search(reason):
            return f"what begins with {found[1]} at line {found[2]}, column {found[3]} has no end"
    return (
        "the query breaks off within a text or a name"
        if "tokenizing" in str(error)
        else _described(str(error))
    )


def _described(description: str) -> str:
    if found := MISSING_PART.search(description):
        return f"something is missing in {_words(found[2])}"
    if found := TOO_MANY.search(description):
        return f"a function has {found[1]} arguments, and takes {found[2]} at most"
    description = TOKEN.sub(lambda at: "the end" if at[1] == "SENTINEL" else f"`{at[2]}`", description)
    if found := EXPECTED_SIGN.fullmatch(description):
        return f"a `{found[1]}` is missing"
    return CLASS.sub(lambda found: _words(found[1]), description)


def _words(class_name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", class_name).upper()
