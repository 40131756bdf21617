"""One purchase, sent through every wire format, ends as the same event of the same person.

Each format's `one_purchase.json` says in `gaps` which properties the format cannot carry, and why.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from functions.collect import protocols
from shared.workspace.model import EventDefinition, PropertyDefinition
from tests.fakes.collect_stage import SHOP, Stage
from tests.unit.collect.test_payloads import sent

PAYLOADS = Path(__file__).parents[2] / "payloads"

PURCHASE = EventDefinition(
    id="Complete Purchase",
    name="Purchase",
    properties={
        "amount": PropertyDefinition(type="number", required=True),
        "currency": PropertyDefinition(type="string"),
        "order_id": PropertyDefinition(type="string"),
        "paid_on": PropertyDefinition(type="date"),
        "item_count": PropertyDefinition(type="integer"),
        "items": PropertyDefinition(type="list"),
    },
)

EXPECTED: dict[str, Any] = {
    "amount": 39.5,
    "currency": "EUR",
    "order_id": "ord-1881",
    "paid_on": date(2026, 11, 20).isoformat(),
    "item_count": 1,
}


@pytest.mark.parametrize("protocol", protocols.NAMES)
def test_the_purchase_is_the_same_whoever_sends_it(protocol: str) -> None:
    pair = orjson.loads((PAYLOADS / protocol / "one_purchase.json").read_bytes())
    stage = Stage(SHOP.model_copy(update={"events": (PURCHASE,)}))
    answer = sent(stage, pair["request"])
    assert answer.status < 300
    [purchase] = [event for event in stage.events if event.type == "track"]
    gaps: dict[str, str] = pair["gaps"]
    assert set(gaps) <= {*EXPECTED, "items", "user_id"}
    assert all(gaps.values())
    assert purchase.name == "Complete Purchase"
    assert purchase.user_id == "cust-77"
    found = {name: purchase.properties.get(name) for name in EXPECTED}
    assert found == {name: None if name in gaps else value for name, value in EXPECTED.items()}
    if "items" not in gaps:
        [item] = purchase.properties["items"]
        assert (item["item_id"], item["name"], item["price"], item["quantity"]) == ("K1", "Kettle", 39.5, 1)


def test_the_plan_types_what_came_as_text() -> None:
    """The strict source's plan turned "39.5" and "2026-11-20" into a number and a date, wherever they came from."""
    texts = 0
    for protocol in protocols.NAMES:
        request = orjson.loads((PAYLOADS / protocol / "one_purchase.json").read_bytes())["request"]
        texts += '"39.5"' in orjson.dumps(request).decode()
    assert texts
