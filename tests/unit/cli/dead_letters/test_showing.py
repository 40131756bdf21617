"""`headrace deadletters show`: what one is about, and nothing of a person until it is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from cli.problem import Problem
from shared.aws.queues.dead_letters import MOST_BYTES, SqsDeadLetters
from shared.bus_entries import EventBatch
from shared.records import DECIDED
from shared.tee import TeedRequest
from tests.unit.cli.dead_letters.account import NOW, Aws, dead_letter, message_requested, read, record, run

PERSON = "ann@example.com"


def put_record(aws: Aws) -> None:
    aws.send(aws.process, dead_letter(record(PERSON), f"user:{PERSON}", error="Refused").decode())


def put_large_record(aws: Aws) -> None:
    letter = dead_letter(record(PERSON, "x" * (MOST_BYTES * 3 // 4)), f"user:{PERSON}")
    assert SqsDeadLetters(aws.process, "workspace").put([letter]) == []


def put_decided(aws: Aws) -> None:
    decided = DECIDED + b'{"a":1},"record":' + record(PERSON) + b"}"
    aws.send(aws.process, dead_letter(decided, f"user:{PERSON}").decode())


def put_batch(aws: Aws) -> None:
    aws.give_up("aws/lambda/1", record(PERSON), b"garbage of " + PERSON.encode())


def put_message(aws: Aws) -> None:
    aws.send(aws.sms_dead, message_requested().replace("user:u1", f"user:{PERSON}"))


def put_entry(aws: Aws) -> None:
    entry = {
        "source": "headrace",
        "detail-type": "Event",
        "detail": {"person": PERSON, "event": {"name": "Login"}},
    }
    aws.send(
        aws.orders_dead, json.dumps(entry), ERROR_CODE="NO_PERMISSIONS", ERROR_MESSAGE="not authorized",
        RETRY_ATTEMPTS="184", TARGET_ARN=aws.arn(aws.orders),
    )  # fmt: skip


def put_teed(aws: Aws) -> None:
    teed = TeedRequest(
        id="t", source="shop", protocol="pinpoint", call="events", method="POST", path=f"/v1/{PERSON}", query="",
        headers={"authorization": "Bearer vendors"}, body=PERSON.encode(), status=200, events=1, rejected=0,
        received_at=NOW, workspace=1,
    )  # fmt: skip
    aws.send(aws.tee_dead, teed.encode().decode())


@pytest.mark.parametrize(
    ("put", "place", "said"),
    [
        (put_record, "process", {"tries": "3", "source": "shop", "events": "1 View Item", "folded": "no"}),
        (put_large_record, "process", {"tries": "1: it would fail each time", "events": "1 View Item"}),
        (put_decided, "process", {"folded": "yes, only its results are missing"}),
        (put_batch, "given-up", {"tries": "about 7", "shard": "shardId-000000000001", "records": 2}),
        (put_message, "send-sms", {"tries": "3", "message": "m1", "channel": "sms", "campaign": "c"}),
        (put_entry, "Orders", {"tries": "185 by the bus", "detail-type": "Event", "event": "Login"}),
        (put_teed, "tee", {"tries": "5", "source": "shop", "call": "events", "status": 200}),
    ],
)
def test_one_is_shown_without_anything_of_a_person_until_its_content_is_asked_for(
    aws: Aws, put: Callable[[Aws], None], place: str, said: dict[str, object]
) -> None:
    put(aws)
    [listed] = read("list", place)

    shown = read("show", listed["id"])
    assert {name: shown[name] for name in said} == said
    assert shown["cause"] == listed["cause"]
    for command in (["list"], ["list", place], ["show", listed["id"]], ["show", listed["id"], "--json"]):
        ended = run(*command)
        assert ended.exit_code == 0
        assert PERSON not in ended.stdout

    for options in (["--content"], ["--content", "--json"]):
        ended = run("show", listed["id"], *options)
        assert PERSON in ended.stdout
        assert "vendors" not in ended.stdout, "nobody needs credentials to see why"


def test_what_the_list_shows_of_an_id_finds_it_with_or_without_its_place(aws: Aws) -> None:
    put_message(aws)
    put_record(aws)
    [listed] = read("list", "send-sms")
    place, _, whole = listed["id"].partition(":")

    for typed in (f"{place}:{whole[:8]}", whole, whole[:8].upper(), whole[:8]):
        assert read("show", typed)["id"] == listed["id"]
    for typed, why in (
        (whole[:7], "is no id"),
        ("send-sms:", "is no id"),
        ("00000000", "There is no dead letter"),
    ):
        ended = run("show", typed)
        assert isinstance(ended.exception, Problem)
        assert why in str(ended.exception)


@pytest.mark.parametrize("body", ["not json", "[]", '{"key": 1}', '{"key": "k", "error": "E", "data": "!"}'])
def test_what_cannot_be_decoded_is_shown_as_it_is(aws: Aws, body: str) -> None:
    aws.send(aws.process, body)
    aws.send(aws.archive_dead, body)
    for place in ("process", "archive"):
        [listed] = read("list", place)
        content = read("show", listed["id"], "--content")["content"]
        assert content == body or content == json.loads(body)


def test_rows_for_the_lake_and_rejected_events_say_what_they_are(aws: Aws) -> None:
    batch = json.dumps({"detail-type": "Event Batch", "detail": EventBatch.packing([]).model_dump()})
    aws.send(
        aws.archive_dead, batch, json.dumps({"rejected": "r1", "keys": {}}),
        json.dumps({"DDBStreamBatchInfo": {"shardId": "s", "batchSize": 3}}),
    )  # fmt: skip

    said = {one["cause"]: one for one in read("list", "archive")}

    assert said["NotArchived"]["events"] == "none"
    assert said["RejectedNotArchived"]["rejected_request"] == "r1"
    assert said["RejectedGivenUp"]["batchSize"] == 3
