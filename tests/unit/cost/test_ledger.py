"""What the ledger adds to log lines is what the cost says."""

from __future__ import annotations

import orjson
import pytest

from cli.cost.ledger import BATCH, FIRST_PUT, FURTHER_PUT, RECORD, log_bytes
from shared.ledger import places
from shared.ledger.lines import LEDGER, PUT, of_process
from shared.ledger.outcomes import Outcome, Portion
from shared.ledger.places import Place

SEQUENCE = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898
APART = 49_590_338_271_490_256_608_559_692_540_925_702_759_324_208_523_137_515_618 - SEQUENCE
"""Two records of a shard: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html"""


def bytes_of(said: dict[str, object]) -> int:
    """In a line that has other fields: without the braces, with a comma."""
    return len(orjson.dumps(said)) - 1


@pytest.mark.parametrize("records", [1, 20, 500])
def test_collect_writes_as_many_bytes(records: int) -> None:
    written = places.written([Place(6, SEQUENCE + number * APART) for number in range(records)])

    expected = FIRST_PUT + (records - 1) * FURTHER_PUT
    assert bytes_of({PUT: written}) == pytest.approx(expected, rel=0.06)


@pytest.mark.parametrize("records", [5, 100, 1_000])
def test_process_writes_as_many_bytes(records: int) -> None:
    outcomes = [
        Outcome(SEQUENCE + number * APART, 20, (Portion(folded=20, rows=20),)) for number in range(records)
    ]

    [line] = of_process(6, {("web-shop", 400_000): outcomes}, {})
    assert bytes_of({LEDGER: line}) == pytest.approx(BATCH + records * RECORD, rel=0.06)


def test_single_events_at_fifty_cents_a_gigabyte_cost_four_cents_a_million() -> None:
    """In batches of five, as two lanes of four shards form them at 100 events a second."""
    assert log_bytes(requests=1, records=1, batches=1 / 5) * 1e6 / 1024**3 * 0.5 == pytest.approx(
        0.04, abs=0.005
    )
