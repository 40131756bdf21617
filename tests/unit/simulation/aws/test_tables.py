"""Tables as DynamoDB has them beyond what moto shows: indexes that lag, stale reads, expiry, streams, transactions."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.aws.clients import client
from shared.aws.item_retries import put_all
from simulation.aws.account import Account
from simulation.aws.behaviour import CALM, Behaviour
from simulation.aws.calls import Failure
from simulation.aws.dynamodb.index import Index
from simulation.aws.dynamodb.table import Table
from tests.unit.simulation.aws.conftest import NOON, Making, Meddling, StillClock

BY_COLOR = {"by_color": Index("color", "at")}


def put(pk: str, **texts: str) -> None:
    item: Any = {"pk": {"S": pk}, **{name: {"S": text} for name, text in texts.items()}}
    client("dynamodb").put_item(TableName="t", Item=item)


def colored(color: str) -> list[str]:
    answer = client("dynamodb").query(
        TableName="t",
        IndexName="by_color",
        KeyConditionExpression="color = :color",
        ExpressionAttributeValues={":color": {"S": color}},
    )
    return [item["pk"]["S"] for item in answer["Items"]]


def test_an_index_sees_a_write_later_and_every_write_in_its_turn(make: Making, clock: StillClock) -> None:
    account = make(Behaviour(index_lag=2.0))
    account.dynamodb.create("t", indexes=BY_COLOR)
    put("a", color="red", at="1")
    put("a", color="blue", at="1")
    seen = [(colored("red"), colored("blue"))]
    for _ in range(20):
        clock.pass_(seconds=0.1)
        seen.append((colored("red"), colored("blue")))
    assert seen[0] == ([], [])
    assert seen[-1] == ([], ["a"])
    in_turn = [one for at, one in enumerate(seen) if at == 0 or seen[at - 1] != one]
    assert in_turn in ([([], []), (["a"], []), ([], ["a"])], [([], []), ([], ["a"])])


def test_an_index_of_keys_has_no_other_attributes_and_one_of_all_has(account: Account) -> None:
    for name, has_all in (("keys", False), ("all", True)):
        account.dynamodb.create(name, indexes={"i": Index("color", "at", all=has_all)})
        item: Any = {"pk": {"S": "a"}, "color": {"S": "red"}, "at": {"S": "1"}, "size": {"N": "5"}}
        client("dynamodb").put_item(TableName=name, Item=item)
        [found] = client("dynamodb").query(
            TableName=name,
            IndexName="i",
            KeyConditionExpression="color = :c",
            ExpressionAttributeValues={":c": {"S": "red"}},
        )["Items"]
        assert found == (item if has_all else {key: item[key] for key in ("pk", "color", "at")})


def test_a_read_that_is_not_consistent_may_miss_the_latest_write_for_a_while(
    make: Making, clock: StillClock
) -> None:
    account = make(Behaviour(stale_reads=1.0))
    account.dynamodb.create("t")
    put("a", color="red")
    put("a", color="blue")

    def seen(*, consistent: bool) -> set[str]:
        get = client("dynamodb").get_item
        found = [get(TableName="t", Key={"pk": {"S": "a"}}, ConsistentRead=consistent) for _ in range(30)]
        return {one["Item"]["color"]["S"] for one in found}

    assert seen(consistent=True) == {"blue"}
    assert seen(consistent=False) == {"red", "blue"}
    clock.pass_(seconds=1)
    assert seen(consistent=False) == {"blue"}


@pytest.mark.parametrize(("seconds", "is_there"), [(9.999, True), (10, False), (11, False)])
def test_an_item_is_gone_when_it_expires(
    account: Account, clock: StillClock, seconds: float, is_there: bool
) -> None:
    table = account.dynamodb.create("t", expires="expires_at", stream=True)
    expiring(10)
    clock.pass_(seconds=seconds)
    assert ("Item" in client("dynamodb").get_item(TableName="t", Key={"pk": {"S": "a"}})) is is_there
    assert changes(table) == ["INSERT"] + ["REMOVE"] * (not is_there)


def test_an_item_may_stay_for_days_after_it_expired(make: Making, clock: StillClock) -> None:
    account = make(Behaviour(expiry_late=86400.0))
    account.dynamodb.create("t", expires="expires_at")
    expiring(10)
    clock.pass_(seconds=11)
    assert account.dynamodb["t"].get("a") is not None
    clock.pass_(days=1)
    assert account.dynamodb["t"].get("a") is None


def test_an_item_that_is_to_expire_later_now_stays(account: Account, clock: StillClock) -> None:
    account.dynamodb.create("t", expires="expires_at")
    expiring(10)
    expiring(100)
    clock.pass_(seconds=50)
    assert account.dynamodb["t"].get("a") is not None


def expiring(seconds: int) -> None:
    at = str(int(NOON.timestamp()) + seconds)
    client("dynamodb").put_item(TableName="t", Item={"pk": {"S": "a"}, "expires_at": {"N": at}})


def changes(table: Table, after: str | None = None) -> list[str]:
    assert table.changes is not None
    return [one["eventName"] for one in table.changes.read(after, 100)]


def test_a_stream_has_each_change_in_order_for_a_day(account: Account, clock: StillClock) -> None:
    table = account.dynamodb.create("t", stream=True)
    put("a", color="red")
    put("a", color="red")  # changes nothing
    put("a", color="blue")
    client("dynamodb").delete_item(TableName="t", Key={"pk": {"S": "a"}})
    assert changes(table) == ["INSERT", "MODIFY", "REMOVE"]
    assert table.changes is not None
    first, second, _ = table.changes.read(None, 100)
    assert first["dynamodb"]["NewImage"] == {"pk": {"S": "a"}, "color": {"S": "red"}}
    assert changes(table, first["dynamodb"]["SequenceNumber"]) == ["MODIFY", "REMOVE"]
    assert table.changes.read(None, 1) == [first]
    assert first["dynamodb"]["SequenceNumber"] < second["dynamodb"]["SequenceNumber"]
    clock.pass_(hours=24, seconds=1)
    assert changes(table) == []


def transact(*pks: str, token: str | None = None, color: str = "red") -> None:
    puts: Any = [
        {
            "Put": {
                "TableName": "t",
                "Item": {"pk": {"S": pk}, "color": {"S": color}},
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
        for pk in pks
    ]
    named: Any = {"ClientRequestToken": token} if token else {}
    client("dynamodb").transact_write_items(TransactItems=puts, **named)


def reasons(refused: pytest.ExceptionInfo[ClientError]) -> list[Any]:
    response: Any = refused.value.response
    return [reason["Code"] for reason in response["CancellationReasons"]]


def test_a_transaction_writes_all_or_nothing_and_says_why_item_by_item(account: Account) -> None:
    account.dynamodb.create("t")
    transact("a", "b")
    with pytest.raises(ClientError) as refused:
        transact("c", "b")
    assert reasons(refused) == ["None", "ConditionalCheckFailed"]
    assert [item["pk"]["S"] for item in account.dynamodb.items("t")] == ["a", "b"]


def test_a_transaction_that_meets_another_is_cancelled(account: Account, meddling: Meddling) -> None:
    account.dynamodb.create("t")
    meddling.untaken = {1}
    with pytest.raises(ClientError) as refused:
        transact("a", "b")
    assert reasons(refused) == ["None", "TransactionConflict"]
    assert account.dynamodb.items("t") == []


def test_a_transaction_whose_answer_was_lost_is_done_once(account: Account, meddling: Meddling) -> None:
    """botocore gives each call a token, and all its attempts the same one."""
    account.dynamodb.create("t")
    meddling.afters = [Failure("", 0)]
    transact("a")
    assert len(account.dynamodb.items("t")) == 1


def test_a_token_is_good_for_ten_minutes_and_for_one_request(account: Account, clock: StillClock) -> None:
    account.dynamodb.create("t")
    transact("a", token="k")
    transact("a", token="k")
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        transact("b", token="k")
    clock.pass_(minutes=10, seconds=1)
    with pytest.raises(ClientError) as refused:
        transact("a", token="k")
    assert reasons(refused) == ["ConditionalCheckFailed"]


def test_an_item_too_large_in_a_transaction_is_named(account: Account) -> None:
    account.dynamodb.create("t")
    with pytest.raises(ClientError) as refused:
        transact("a", color="x" * 400 * 1024)
    assert reasons(refused) == ["ValidationError"]


def test_items_that_are_left_are_named_and_not_written(account: Account, meddling: Meddling) -> None:
    account.dynamodb.create("t")
    meddling.untaken = {0, 2}

    def write(positions: list[int]) -> dict[int, str]:
        puts: Any = [{"PutRequest": {"Item": {"pk": {"S": str(at)}}}} for at in positions]
        left = client("dynamodb").batch_write_item(RequestItems={"t": puts})["UnprocessedItems"]
        meddling.untaken = ()
        return {int(one["PutRequest"]["Item"]["pk"]["S"]): "Unprocessed" for one in left.get("t", [])}

    assert put_all([1] * 4, write, most_items=25, most_bytes=100, pause=lambda _: None) == []
    assert [item["pk"]["S"] for item in account.dynamodb.items("t")] == ["1", "3", "0", "2"]


def test_an_answer_has_at_most_16_mb_and_names_the_keys_it_left(account: Account) -> None:
    account.dynamodb.create("t")
    for number in range(50):
        put(f"k{number:02}", text="x" * 390 * 1024)
    keys: Any = [{"pk": {"S": f"k{number:02}"}} for number in range(50)]
    answer = client("dynamodb").batch_get_item(RequestItems={"t": {"Keys": keys, "ConsistentRead": True}})
    assert len(answer["Responses"]["t"]) == 16 * 1024 // 390
    assert answer["UnprocessedKeys"]["t"]["Keys"] == keys[16 * 1024 // 390 :]


def test_a_page_has_at_most_1_mb_and_the_next_begins_behind_it(account: Account) -> None:
    account.dynamodb.create("t", sort_key="sk")
    for number in range(7):
        put("p", sk=f"{number}", text="x" * 300 * 1024)

    def pages(**asked: Any) -> list[list[str]]:
        found: list[list[str]] = []
        start: Any = None
        dynamodb: Any = client("dynamodb")
        while True:
            answer = dynamodb.query(
                TableName="t",
                KeyConditionExpression="pk = :p",
                ExpressionAttributeValues={":p": {"S": "p"}},
                **asked,
                **({"ExclusiveStartKey": start} if start else {}),
            )
            found.append([item["sk"]["S"] for item in answer["Items"]])
            start = answer.get("LastEvaluatedKey")
            if not start:
                return found

    assert pages() == [["0", "1", "2"], ["3", "4", "5"], ["6"]]
    assert pages(ScanIndexForward=False) == [["6", "5", "4"], ["3", "2", "1"], ["0"]]
    assert pages(Limit=7) == [["0", "1", "2"], ["3", "4", "5"], ["6"]]


def test_numbers_of_38_digits_add_up_exactly(account: Account) -> None:
    account.dynamodb.create("t")

    def add(number: str) -> str:
        answer = client("dynamodb").update_item(
            TableName="t",
            Key={"pk": {"S": "a"}},
            UpdateExpression="ADD n :n",
            ExpressionAttributeValues={":n": {"N": number}},
            ReturnValues="UPDATED_NEW",
        )
        return answer["Attributes"]["n"]["N"]

    assert add("9" * 37) == "9" * 37
    assert add("1") == "1" + "0" * 37
    assert add("-0.5") == "9" * 37 + ".5"
    with pytest.raises(ClientError, match="38 significant digits"):
        add("0.05")


def test_what_is_not_of_the_grammar_is_said_loudly(make: Making) -> None:
    make(CALM).dynamodb.create("t")
    for expression in ("contains(color, :a)", "begins_with(color, :a)", "color <> :a", "color[0] = :a"):
        with pytest.raises(NotImplementedError, match="DynamoDB expression"):
            client("dynamodb").put_item(
                TableName="t",
                Item={"pk": {"S": "a"}},
                ConditionExpression=expression,
                ExpressionAttributeValues={":a": {"S": "x"}},
            )


def test_a_scan_of_an_index_has_all_items_page_after_page(account: Account) -> None:
    account.dynamodb.create("t", indexes=BY_COLOR)
    for number in range(1_200):
        put(f"{number:04}", color=f"{number % 7}", at="x" * 1_000)
    put("uncolored", at="1")
    pages = [
        [item["pk"]["S"] for item in page["Items"]]
        for page in client("dynamodb").get_paginator("scan").paginate(TableName="t", IndexName="by_color")
    ]
    assert len(pages) == 2
    assert sorted(pk for page in pages for pk in page) == [f"{number:04}" for number in range(1_200)]
