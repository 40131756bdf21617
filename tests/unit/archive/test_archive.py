"""Queue messages become lines of the lake; only what stayed behind goes back to the queue."""

from __future__ import annotations

import base64
import json
import zlib
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.archive import batches, handler
from functions.archive.batches import archive
from shared.bus_entries import ArchiveRow, EventBatch
from shared.failures import Unavailable
from shared.lake.rows import line
from tests.fakes.archived import archived
from tests.fakes.delivery import FakeDelivery


@pytest.fixture(autouse=True)
def metrics_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    """On AWS it is in the environment before the module is imported."""
    monkeypatch.setattr(handler.metrics.provider, "namespace", "Headrace")


@pytest.fixture
def delivery() -> FakeDelivery:
    return FakeDelivery()


def message(message_id: str, *rows: ArchiveRow) -> dict[str, Any]:
    """An SQS message as the archive's rule puts it there."""
    batch = EventBatch.packing([row.model_dump_json().encode() for row in rows])
    envelope = {"detail-type": "Event Batch", "source": "headrace", "detail": batch.model_dump()}
    return {"messageId": message_id, "body": json.dumps(envelope)}


def packed_text(rows: str) -> str:
    return base64.b64encode(zlib.compress(rows.encode())).decode()


def delivered(delivery: FakeDelivery) -> list[str]:
    return [json.loads(line)["event_id"] for line in delivery.lines]


def test_the_rows_of_several_messages_travel_in_one_record(delivery: FakeDelivery) -> None:
    messages = [message("m1", archived("a"), archived("b")), message("m2", archived("c"))]

    assert archive(messages, delivery).again == []
    assert delivered(delivery) == ["a", "b", "c"]
    assert len(delivery.records) == 1


def test_the_counts_say_what_was_done(delivery: FakeDelivery) -> None:
    messages = [message("m1", archived("a"), archived("b")), {"messageId": "bad", "body": "{}"}]

    counts = archive(messages, delivery).counts

    assert counts == {
        "messages": 2,
        "rows": 2,
        "records": 1,
        "bytes": len(delivery.records[0]),
        "unarchived": 1,
    }


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        "[]",
        '{"detail-type": "Event Batch"}',
        '{"detail-type": "Event Batch", "detail": {"count": 1, "rows": "AAAA"}}',
        '{"detail-type": "Event Batch", "detail": {"count": 1, "rows": "eJyrrgUAAXUA+Q=="}}',
        '{"detail-type": "Message Requested", "detail": {}}',
        '{"detail-type": "Event Batch", "detail": "rows"}',
        *(
            json.dumps({"detail-type": "Event Batch", "detail": {"count": count, "rows": packed_text(rows)}})
            for count, rows in [
                (1, "5"),
                (1, "null"),
                (0, "{}"),
                (1, '"a"'),
                (1, "[]"),
                (1, "[[]]"),
                (2, "[5, 5]"),
            ]
        ),
    ],
)
def test_a_message_that_cannot_be_read_goes_back_and_its_neighbours_do_not(
    delivery: FakeDelivery, body: str
) -> None:
    messages = [
        message("m1", archived("a")),
        {"messageId": "bad", "body": body},
        message("m2", archived("b")),
    ]

    assert archive(messages, delivery).again == ["bad"]
    assert delivered(delivery) == ["a", "b"]


def test_a_row_that_fits_into_no_record_holds_up_no_other_message(delivery: FakeDelivery) -> None:
    large = message("large", archived("a", properties={"note": "x" * 500}))
    width = len(line(archived("b")))

    assert archive([large, message("m", archived("b"))], delivery, largest_record=width).again == ["large"]
    assert delivered(delivery) == ["b"]


def test_a_message_whose_record_was_refused_goes_back(delivery: FakeDelivery) -> None:
    delivery.refusing = {1}
    messages = [message("m1", archived("a")), message("m2", archived("b"))]

    assert archive(messages, delivery, largest_record=len(line(archived("a")))).again == ["m2"]
    assert delivered(delivery) == ["a"]


def test_nothing_is_sent_when_nothing_can_be_read(delivery: FakeDelivery) -> None:
    assert archive([{"messageId": "bad", "body": "{}"}], delivery).again == ["bad"]
    assert delivery.records == []


def test_when_firehose_takes_nothing_the_whole_invocation_fails(delivery: FakeDelivery) -> None:
    delivery.failing = True
    with pytest.raises(Unavailable):
        archive([message("m1", archived("a"))], delivery)


def test_the_answer_names_what_sqs_shall_deliver_again(
    delivery: FakeDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "stage", lambda: SimpleNamespace(delivery=delivery))
    records = {"Records": [message("m1", archived("a")), {"messageId": "bad", "body": "?"}]}

    assert handler.lambda_handler(records, None) == {"batchItemFailures": [{"itemIdentifier": "bad"}]}


def test_the_log_never_quotes_what_a_client_sent(
    delivery: FakeDelivery, capsys: pytest.CaptureFixture[str]
) -> None:
    row = archived("a", properties={"note": "private"}).model_dump(mode="json") | {"ordinal": "private"}
    batch = EventBatch.packing([json.dumps(row).encode()])
    bad = {"detail-type": "Event Batch", "detail": batch.model_dump()}
    archive(
        [message("m", archived("b", user_id="private")), {"messageId": "bad", "body": json.dumps(bad)}],
        delivery,
    )

    assert "private" not in "".join(capsys.readouterr())


@given(
    st.lists(st.lists(st.booleans(), max_size=4), max_size=6), st.sets(st.integers(0, 5)), st.integers(1, 9)
)
def test_every_row_is_delivered_or_its_message_goes_back(
    shape: list[list[bool]], refused: set[int], rows_per_record: int
) -> None:
    delivery = FakeDelivery()
    delivery.refusing = refused
    messages = [
        message(f"m{position}", *(archived(f"{position}-{ordinal}") for ordinal in range(len(rows))))
        for position, rows in enumerate(shape)
    ]
    width = len(line(archived("0-0")))

    again = archive(messages, delivery, largest_record=width * rows_per_record).again

    wanted = {f"{position}-{ordinal}" for position, rows in enumerate(shape) for ordinal in range(len(rows))}
    missing = wanted - set(delivered(delivery))
    assert {event_id.partition("-")[0] for event_id in missing} == {name[1:] for name in again}
    assert len(delivered(delivery)) == len(set(delivered(delivery)))


def test_a_record_that_firehose_refuses_takes_no_other_message_with_it(delivery: FakeDelivery) -> None:
    delivery.poison = b"poison"
    messages = [message(f"m{number}", archived(f"e{number}")) for number in range(4)]
    messages[2] = message("m2", archived("poison"), archived("e2"))

    assert archive(messages, delivery).again == ["m2"]
    assert delivered(delivery) == ["e0", "e1", "e3"]


def test_whatever_a_message_makes_us_raise_concerns_it_alone(
    delivery: FakeDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(row: ArchiveRow) -> bytes:
        if row.event.id == "poison":
            raise ZeroDivisionError
        return line(row)

    monkeypatch.setattr(batches, "line", broken)
    messages = [message("m1", archived("a")), message("m2", archived("poison")), message("m3", archived("b"))]

    assert archive(messages, delivery).again == ["m2"]
    assert delivered(delivery) == ["a", "b"]
