"""Messages that somebody else holds, or that came meanwhile: said, and not taken for nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.aws.queues import dead_letter_queues
from shared.aws.queues.dead_letter_queues import DeadLetter
from tests.unit.cli.dead_letters.account import Aws, redriven, run


def test_what_somebody_else_holds_is_said_and_not_taken_for_nothing(aws: Aws) -> None:
    """A retry that was killed, for example: SQS gives what it received again after five minutes."""
    aws.send(aws.orders_dead, "old")
    dead_letter_queues.receive(aws.orders_dead, wait=0)
    aws.send(aws.orders_dead, "another")

    ended = run("retry", "orders")

    assert ended.exit_code == 1
    assert "Orders: 1 retried, 1 not received, and still there" in ended.stdout
    assert "5 minutes" in ended.stdout
    ended = run("retry", "orders")
    assert (ended.exit_code, "nothing waits" in ended.stdout) == (1, False)


def test_an_estimate_that_was_too_high_is_no_message_that_somebody_holds(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.send(aws.orders_dead, "one")
    monkeypatch.setattr("cli.commands.dead_letters.retrying.waiting", lambda _: 3)
    assert redriven("orders") == {"waited": 3, "brought_back": 1}


@pytest.mark.parametrize(("receives", "is_all"), [(9, True), (10, False), (11, False)])
def test_it_is_not_all_when_so_much_came_meanwhile_that_the_rest_was_not_reached(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, receives: int, is_all: bool
) -> None:
    later = datetime.now(UTC) + timedelta(minutes=1)
    new = [DeadLetter(f"n{number}", "h", "new", later) for number in range(receives)]
    aws.send(aws.orders_dead, "old")
    receive: Any = dead_letter_queues.receive
    monkeypatch.setattr(
        dead_letter_queues, "receive", lambda url, **asked: [new.pop()] if new else receive(url, **asked)
    )
    monkeypatch.setattr(dead_letter_queues, "give_back", lambda *_: None)

    ended = run("retry", "orders")

    assert ended.exit_code == (0 if is_all else 1)
    assert ("Stopped: " in ended.stdout) is not is_all
    assert aws.bodies(aws.orders) == (["old"] if is_all else [])
