"""Operators and subjects stand in several forms, each for its own reader: what one knows, all know.

Where one form lacks an entry, the authors' check finds nothing wrong and no stage can read the workspace.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter

from shared.authoring.checks.condition_leaves import leaves
from shared.conditions.comparisons import Operators, PropertyIs
from shared.conditions.compiling import SUBJECTS, Facts, compiled
from shared.conditions.model import CONDITION, KINDS
from shared.conditions.operators import OPERATORS

JOINING = {"all", "any", "not"}
VALUES: tuple[Any, ...] = (True, 3, 0.5, "text", "2026-11-21", ["text", 3], ["2026-11-21"])
"""One of each type that an author can write."""

FACTS = Facts(now=datetime(2026, 11, 21, tzinfo=UTC), properties={"amount": 3})


def operators_of(form: type) -> set[str]:
    fields = form.model_fields  # type: ignore[attr-defined]
    return {field.alias or name for name, field in fields.items() if name not in ("subject", "ignore_case")}


def test_an_author_may_write_every_operator_and_no_other() -> None:
    assert operators_of(PropertyIs) == set(OPERATORS)
    for kind, form in KINDS.items():
        if issubclass(form, Operators):
            assert operators_of(form) <= set(OPERATORS), f"{kind} has operators that OPERATORS lacks"


@pytest.mark.parametrize("name", OPERATORS)
def test_what_an_author_may_compare_with_compiles(name: str) -> None:
    authored = TypeAdapter(PropertyIs)
    taken = [value for value in VALUES if _is_valid(authored, {"property": "amount", name: value})]
    assert taken, (
        f"no author can use `{name}`: give it a value in VALUES that shared.conditions.comparisons takes"
    )
    for value in taken:
        compiled({"property": "amount", name: value})(FACTS)


def test_every_subject_is_authored_compiled_and_seen_by_the_checks() -> None:
    assert set(KINDS) - JOINING == set(SUBJECTS)
    for subject in SUBJECTS:
        where = {subject: "email", "is" if subject == "consent" else "exists": True}
        if subject == "counter":
            where = {subject: "Login", "is": 1}
        CONDITION.validate_python(where)
        compiled(where)(FACTS)
        assert [leaf.kind for leaf in leaves(where)] == [subject]


def _is_valid(form: TypeAdapter[PropertyIs], document: dict[str, Any]) -> bool:
    try:
        form.validate_python(document)
    except ValueError:
        return False
    return True
