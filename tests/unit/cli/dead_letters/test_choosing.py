"""Retrying some of what waits: by cause, by id, everything; what it would do; and what fails again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cli.problem import Problem
from shared.aws.queues import dead_letter_queues
from tests.unit.cli.dead_letters.account import (
    Aws,
    dead_letter,
    message_requested,
    read,
    record,
    redriven,
    run,
)


def keys(aws: Aws) -> list[str]:
    return sorted(key for key, _ in aws.on_the_stream())


def put(aws: Aws, *users: str, error: str = "ValueError") -> None:
    for user in users:
        aws.send(aws.process, dead_letter(record(user), f"user:{user}", error).decode())


def test_only_those_of_a_cause_are_retried_and_the_others_are_there_at_once(aws: Aws) -> None:
    put(aws, *(f"v{number}" for number in range(12)))
    put(aws, *(f"r{number}" for number in range(15)), error="Refused")

    assert redriven("process", "--cause", "refused") == {"waited": 27, "brought_back": 15}
    assert keys(aws) == sorted(f"user:r{number}" for number in range(15))
    assert len(aws.bodies(aws.process)) == 12


def test_by_id_and_again_by_the_same_id_it_is_said_that_it_is_gone(aws: Aws) -> None:
    put(aws, "u1", "u2", "u3")
    first, second, _ = (one["id"] for one in read("list", "process"))

    assert redriven(first, second[: len("process:") + 8])["brought_back"] == 2
    ended = run("retry", first)

    assert ended.exit_code == 1
    assert f"{first} is not there" in ended.stderr
    assert len(aws.on_the_stream()) == 2
    assert len(aws.bodies(aws.process)) == 1


def test_batches_too_by_the_end_of_their_key_or_their_cause(aws: Aws) -> None:
    for number in range(3):
        aws.give_up(f"aws/lambda/x/2026/11/30/a-{number}", record(f"u{number}"))
    aws.s3.put_object(Bucket="given-up", Key="aws/strange", Body=b"hello")

    assert redriven("given-up:a-1")["brought_back"] == 1
    assert redriven("given-up", "--cause", "RetryAttemptsExhausted")["brought_back"] == 2
    assert aws.given_up() == ["aws/strange"]


def test_all_is_every_place_and_one_that_is_out_of_reach_keeps_no_other_from_it(aws: Aws) -> None:
    put(aws, "u1")
    aws.give_up("aws/1", record("u2"))
    aws.send(aws.orders_dead, "an order")
    aws.sqs.delete_queue(QueueUrl=aws.sms_dead)

    ended = run("retry", "--all")

    assert ended.exit_code == 0
    assert "send-sms: " in ended.stderr
    assert len(aws.on_the_stream()) == 2
    assert aws.bodies(aws.orders) == ["an order"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "Nothing is named"),
        (["process", "--all"], "--all means every place"),
        (["process:123"], "too short"),
        (["nobody:12345678"], "no dead letters with the name nobody"),
    ],
)
def test_what_is_not_clear_is_not_guessed(aws: Aws, arguments: list[str], why: str) -> None:
    put(aws, "u1")
    for verb in ("retry", "discard"):
        ended = run(verb, *arguments)
        assert isinstance(ended.exception, Problem)
        assert why in str(ended.exception)
    assert len(aws.bodies(aws.process)) == 1


def test_a_dry_run_says_what_would_be_done_and_does_nothing(aws: Aws) -> None:
    put(aws, "u1", "u2")
    aws.send(aws.process, "not json")
    aws.give_up("aws/1", record())
    aws.s3.put_object(Bucket="given-up", Key="aws/strange", Body=b"hello")
    aws.send(aws.orders_dead, "theirs", TARGET_ARN="arn:aws:sqs:us-east-1:123456789012:billing")

    said = {one["name"]: one for one in read("retry", "--all", "--dry-run")}

    assert said["process"]["would_retry"] == {"ValueError": 2}
    assert sum(said["process"]["never"].values()) == 1
    assert said["given-up"]["would_retry"] == {"RetryAttemptsExhausted": 1}
    assert sum(said["Orders"]["of_others"].values()) == 1
    assert "2 dead letters would be retried" in run("retry", "process", "--dry-run").stdout
    assert aws.on_the_stream() == []
    assert (len(aws.given_up()), len(aws.bodies(aws.process)), len(aws.bodies(aws.orders_dead))) == (2, 3, 1)


def test_what_fails_again_is_said_though_its_place_on_the_stream_is_another(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`process` puts it aside a moment later, perhaps with fewer events: some were saved meanwhile."""
    put(aws, "u1", "u2")
    delete: Any = dead_letter_queues.delete
    waiting_for = iter([0.0, 0.0, 1.0, 2.0, 99.0, 99.0])
    monkeypatch.setattr("cli.dead_letters.retrying.time.monotonic", lambda: next(waiting_for))

    def failing_again(url: str, letters: Any) -> Any:
        again = json.loads(dead_letter(record("u1", "less"), "user:u1", "KeyError")) | {"sequence": "2"}
        aws.send(aws.process, json.dumps(again), dead_letter(record("u9"), "user:u9").decode())
        return delete(url, letters)

    monkeypatch.setattr(dead_letter_queues, "delete", failing_again)

    ended = run("retry", "process", "--watch", "5")

    assert ended.exit_code == 1
    assert "process: 2 retried, 1 of them failed again, 1 arrived in the meantime" in ended.stdout
    assert "1  KeyError" in ended.stdout
    assert "headrace deadletters list process" in ended.stdout


def test_it_may_be_stopped_half_way_and_run_again_and_each_is_retried_once(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.send(aws.sms_dead, *(message_requested(number=number) for number in range(35)))
    with monkeypatch.context() as patched:
        receive: Any = dead_letter_queues.receive
        calls = iter(range(3))

        def stopped(url: str, **asked: Any) -> Any:
            if next(calls) == 2:
                raise KeyboardInterrupt
            return receive(url, **asked)

        patched.setattr(dead_letter_queues, "receive", stopped)
        ended = run("retry", "send-sms")
    assert ended.exit_code != 0
    assert "20 retried" in ended.stdout

    assert redriven("send-sms")["brought_back"] == 15
    ids = [json.loads(body)["detail"]["id"] for body in aws.bodies(aws.sms)]
    assert sorted(ids) == sorted(f"m{number}" for number in range(35))
