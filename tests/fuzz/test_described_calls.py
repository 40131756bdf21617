"""Each call of the API's description, asked as schemathesis asks it: by the description alone."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.checks import finding
from tests.fuzz.corpus import KEYS, ROOT, shown
from tests.fuzz.sent import Sent
from tests.fuzz.target import Target

EXAMPLES = 5
"""Of each of 150 operations."""

DESCRIPTION = schemathesis.openapi.from_dict(json.loads((ROOT / "docs" / "openapi.json").read_text()))
OPERATIONS: list[Any] = [result.ok() for result in DESCRIPTION.get_all_operations()]
CREDENTIALS = st.sampled_from(KEYS).flatmap(lambda key: st.sampled_from(shown(key)))
TARGET = Target()


@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.label for operation in OPERATIONS])
def test_whatever_the_description_allows_is_answered_in_the_formats_shape(operation: Any) -> None:
    @seed(1)
    @settings(
        max_examples=EXAMPLES, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(), credentials=CREDENTIALS)
    def ask(case: Any, credentials: dict[str, str]) -> None:
        sent = sent_by(case, credentials)
        assert finding(TARGET, sent) is None, sent.written()

    ask()


def sent_by(case: Any, credentials: dict[str, str]) -> Sent:
    asked = case.as_transport_kwargs(base_url="https://collect.example")
    body = asked.get("data") if "json" not in asked else json.dumps(asked["json"])
    headers = {name.lower(): str(value) for name, value in dict(asked.get("headers") or {}).items()}
    path, _, query = asked["url"].removeprefix("https://collect.example").partition("?")
    return Sent(
        case.operation.label,
        asked["method"].upper(),
        path or "/",
        "&".join(filter(None, (query, urlencode(asked.get("params") or {}, doseq=True)))),
        {**headers, **credentials},
        body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body or b"",
    )
