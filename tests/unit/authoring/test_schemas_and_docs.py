import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from shared.authoring.files.json_schema import schemas
from shared.authoring.files.key_descriptions import KEY_DESCRIPTIONS
from shared.authoring.files.models.kinds import KINDS
from shared.conditions.operators import OPERATORS

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
PAGE = (DOCS / "workspace.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_schema_is_fresh(kind: str) -> None:
    committed = orjson.loads((DOCS / "schemas" / f"{kind}.json").read_bytes())

    assert committed == schemas()[kind], "write them again: headrace schema docs/schemas"


@pytest.mark.parametrize("kind", KINDS)
def test_every_reference_in_a_schema_leads_somewhere(kind: str) -> None:
    schema = schemas()[kind]

    named = {reference.removeprefix("#/$defs/") for reference in references(schema)}
    assert named <= set(schema.get("$defs", {}))


def references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from references(item)


@pytest.mark.parametrize("model", KEY_DESCRIPTIONS, ids=lambda model: model.__name__)
def test_every_key_is_explained(model: Any) -> None:
    assert set(KEY_DESCRIPTIONS[model]) == set(model.model_fields)


@pytest.mark.parametrize("model", KEY_DESCRIPTIONS, ids=lambda model: model.__name__)
def test_the_documentation_explains_every_key_in_the_same_words(model: Any) -> None:
    rows = [f"| `{key}` | {words} |" for key, words in KEY_DESCRIPTIONS[model].items()]
    missing = [row for row in rows if row not in PAGE]

    assert not missing, "docs/workspace.md lacks:\n" + "\n".join(missing)


def test_the_documentation_names_every_operator_of_conditions() -> None:
    assert [name for name in OPERATORS if f"`{name}`" not in PAGE] == []


def test_the_files_of_the_sample_name_their_schema() -> None:
    paths = sorted((ROOT / "examples" / "shop").rglob("*.yaml"))

    assert len(paths) >= 5
    for path in paths:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        schema = path.parent / first.partition("$schema=")[2]
        assert schema.resolve().is_relative_to(DOCS / "schemas"), path
        assert schema.is_file(), path


def test_the_documentation_lists_every_finding_of_lint_that_apply_only_shows() -> None:
    code = "\n".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "shared" / "authoring").rglob("*.py")
    )
    rules = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)",\s*"warning"', code))
    rows = PAGE[PAGE.index("## What lint also reports") :]

    assert len(rules) > 10
    assert not [rule for rule in rules if f"| `{rule}`" not in rows], "docs/workspace.md lacks a row"
