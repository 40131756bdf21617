"""How calls reach a simulated account, and what comes between them and their effect."""

from __future__ import annotations

import os
import random

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from shared.aws import clients
from shared.aws.clients import client
from shared.aws.dynamodb_requests import put_item
from simulation.aws.account import Account
from simulation.aws.behaviour import CALM
from simulation.aws.calls import Failure
from tests.unit.simulation.aws.conftest import Making, Meddling, StillClock

ATTEMPTS = 3
SLOW_DOWN = Failure("ThrottlingException")


@pytest.fixture
def table(account: Account) -> Account:
    account.dynamodb.create("t")
    return account


def put() -> None:
    client("dynamodb").put_item(TableName="t", Item={"pk": {"S": "a"}})


def test_a_call_that_is_throttled_has_no_effect_and_is_tried_again(
    table: Account, meddling: Meddling
) -> None:
    meddling.befores = [SLOW_DOWN] * (ATTEMPTS - 1)
    put()
    assert len(meddling.calls) == ATTEMPTS
    assert {(call.service, call.operation) for call in meddling.calls} == {("dynamodb", "PutItem")}
    meddling.befores = [SLOW_DOWN] * ATTEMPTS
    with pytest.raises(ClientError, match="ThrottlingException"):
        client("dynamodb").put_item(TableName="t", Item={"pk": {"S": "b"}})
    assert table.dynamodb.items("t") == [{"pk": {"S": "a"}}]


def test_a_call_without_a_connection_has_no_effect(table: Account, meddling: Meddling) -> None:
    meddling.befores = [Failure("", 0)] * ATTEMPTS
    with pytest.raises(ConnectTimeoutError):
        put()
    assert table.dynamodb.items("t") == []


def test_a_call_whose_answer_is_lost_has_its_effect_each_time(account: Account, meddling: Meddling) -> None:
    queue = account.sqs.create("q")
    meddling.afters = [Failure("", 0)] * ATTEMPTS
    with pytest.raises(ReadTimeoutError):
        client("sqs").send_message(QueueUrl=queue.url, MessageBody="x")
    assert len(queue.messages()) == ATTEMPTS


def test_an_error_after_the_effect_is_an_error_all_the_same(table: Account, meddling: Meddling) -> None:
    meddling.afters = [Failure("InternalServerError", 500)]
    put()
    assert len(meddling.calls) == 2


def test_a_call_that_a_crash_comes_before_has_no_effect(
    table: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Crash(BaseException):
        pass

    def crash(*_: object) -> None:
        raise Crash

    monkeypatch.setattr(table.interceptors[0], "before", crash)
    with pytest.raises(Crash):
        put()
    with pytest.raises(Crash):
        put_item({"TableName": "t", "Item": {"pk": {"S": "a"}}})
    assert table.dynamodb.items("t") == []


def test_pauses_between_attempts_are_the_accounts_and_drawn_by_its_seed(clock: StillClock) -> None:
    def pauses(seed: int) -> list[float]:
        slept: list[float] = []
        meddling = Meddling()
        meddling.befores = [SLOW_DOWN] * 2
        account = Account(clock, random.Random(seed), [meddling], sleep=slept.append)
        account.dynamodb.create("t")
        with account.connected():
            put()
        return slept

    assert len(pauses(1)) == 2
    assert pauses(1) == pauses(1) != pauses(2)


def test_the_token_of_a_call_is_drawn_by_the_seed_and_is_that_of_all_its_attempts(clock: StillClock) -> None:
    def tokens(seed: int) -> list[str]:
        meddling = Meddling()
        meddling.befores = [SLOW_DOWN]
        account = Account(clock, random.Random(seed), [meddling])
        account.dynamodb.create("t")
        with account.connected():
            for _ in range(2):
                client("dynamodb").transact_write_items(
                    TransactItems=[{"Put": {"TableName": "t", "Item": {"pk": {"S": "a"}}}}]
                )
        return [call.asked["ClientRequestToken"] for call in meddling.calls]

    first, again, second = tokens(1)
    assert first == again != second
    assert tokens(1) == tokens(1) != tokens(2)


def test_every_account_has_all_retries_that_a_client_has(make: Making, meddling: Meddling) -> None:
    """botocore stops to retry when too many calls have failed: not because of those to another account."""
    for _ in range(60):
        make(CALM).dynamodb.create("t")
        meddling.befores = [SLOW_DOWN] * (ATTEMPTS - 1)
        put()


def test_what_is_not_simulated_says_so(account: Account) -> None:
    with pytest.raises(NotImplementedError, match="ListTables"):
        client("dynamodb").list_tables()
    with pytest.raises(NotImplementedError, match="athena"):
        client("athena").list_work_groups()
    account.dynamodb.create("t")
    with pytest.raises(NotImplementedError, match="ReturnConsumedCapacity"):
        client("dynamodb").get_item(TableName="t", Key={"pk": {"S": "a"}}, ReturnConsumedCapacity="TOTAL")


def test_afterwards_the_process_has_its_own_credentials_and_clients_again(
    clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    clients.forget()
    before = client("sqs")
    with Account(clock, random.Random(1)).connected():
        inside = client("sqs")
        assert os.environ["AWS_ACCESS_KEY_ID"] == "simulated"
    assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"
    assert "AWS_REGION" not in os.environ
    assert client("sqs") not in (before, inside)


def test_the_same_seed_gives_the_same_ids(clock: StillClock) -> None:
    def ids(seed: int) -> list[object]:
        account = Account(clock, random.Random(seed))
        stream, queue = account.kinesis.create("s", shards=2), account.sqs.create("q")
        return [stream.put("a", b""), stream.put("b", b""), queue.send("x").id, queue.receive()[0].handle]

    assert ids(1) == ids(1) != ids(2)
