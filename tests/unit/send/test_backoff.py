"""Messages that go back come again soon, then ever later."""

from __future__ import annotations

from functions.tee.backoff import LONGEST_SECONDS, pauses, seconds


def test_pauses_grow_from_seconds_to_a_quarter_of_an_hour() -> None:
    assert [seconds(received) for received in range(1, 6)] == [5, 25, 125, 625, LONGEST_SECONDS]
    assert seconds(1000) == LONGEST_SECONDS


def test_only_messages_that_go_back_get_a_pause() -> None:
    messages = [
        {"messageId": f"q{n}", "receiptHandle": f"r{n}", "attributes": {"ApproximateReceiveCount": str(n)}}
        for n in (1, 2, 3)
    ]
    assert pauses(messages, ["q1", "q3"]) == {"r1": 5, "r3": 125}
