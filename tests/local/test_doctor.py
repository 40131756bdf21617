"""headrace doctor on the whole stack: nothing broken as it stands, each planted fault found, nothing left to see."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import botocore.client
import pytest

from cli.doctor.examining import examined
from cli.doctor.finding import State
from cli.doctor.permissions import ACTIONS
from shared.aws.streams.stream_states import stream_state
from shared.doctor import PERSON
from shared.events import DOCTOR
from tests.local.shop import Shop, eventually

QUICK = 60.0
"""Seconds; a laptop that has nothing else to do takes five."""

OF_A_RUN = 20
"""Rows, as docs/doctor.md says, where every body comes through."""

OF_THE_ACCOUNT = ("ses:", "sns:", "lambda:GetAccountSettings")
"""What a laptop has none of."""

ONLY_IN_NEED = {"athena:StopQueryExecution", "dynamodb:Query"}

IAM_NAMES = {"sesv2": "ses"}
IAM_ACTIONS = {"s3:ListObjectsV2": "s3:ListBucket"}


def doctor(shop: Shop, *arguments: str) -> tuple[int, dict[str, dict[str, str]]]:
    """Its exit code, and what it found by probe."""
    done = shop.run("doctor", "--json", *arguments)
    return done.returncode, {one["probe"]: one for one in json.loads(done.stdout)}


def test_nothing_is_broken_and_nothing_is_left_to_see(shop: Shop) -> None:
    began = time.monotonic()
    code, found = doctor(shop)
    assert time.monotonic() - began < QUICK
    assert {name: one for name, one in found.items() if one["state"] == "broken"} == {}
    assert code == 0
    assert all(set(one) == {"probe", "state", "detail", "do"} for one in found.values())
    assert found["message"]["detail"].startswith("sent to")

    in_the_lake = f"select count(*) from events_raw where source = '{DOCTOR}'"
    destroyed = sum(one["state"] == "attention" for name, one in found.items() if name.startswith("body:"))
    assert destroyed == 2  # gzip under the two textual types, as an HTTP API is documented to do
    eventually(lambda: shop.rows(in_the_lake), lambda rows: rows == [(OF_A_RUN - destroyed,)])
    assert shop.rows(f"select count(*) from events where source = '{DOCTOR}'") == [(0,)]
    for listed in (("messages",), ("rejected", "list"), ("keys",)):
        assert DOCTOR not in str(shop.headrace(*listed))
    person = shop.headrace("profile", PERSON)
    assert {name for name in person["counters"] if name.startswith("Session")} == set()


def test_up_ends_with_it(shop: Shop) -> None:
    done = shop.run("up", "--no-story")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 broken." in done.stdout
    assert "✗" not in done.stdout
    assert "\x1b[" not in done.stdout


def test_what_it_asks_of_aws_is_what_it_says_it_needs(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

    def recorded(self: Any, operation: str, arguments: dict[str, Any]) -> Any:
        service = self.meta.service_model.service_name
        action = f"{IAM_NAMES.get(service, service)}:{operation}"
        asked.add(IAM_ACTIONS.get(action, action))
        return call(self, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", recorded)
    # What is sent without a client's work is sent by the client here, which is listened to.
    monkeypatch.setattr("shared.aws.dynamodb_requests._answer", lambda *_: None)
    found = examined(shop.stack, with_message=True, quiet=True)
    assert [one for one in found if one.finding.state is State.BROKEN] == []
    asked.discard("pinpoint:PutEvents")  # collect answers that one
    here = {action for action in ACTIONS if not action.startswith(OF_THE_ACCOUNT)}
    assert asked <= here
    assert here - asked <= {*ONLY_IN_NEED, "cloudformation:DescribeStacks"}


def test_a_consumer_that_is_switched_off_is_the_one_thing_that_is_broken(shop: Shop) -> None:
    with _no_consumer(shop) as mapping:
        began = time.monotonic()
        code, found = doctor(shop, "--no-email")
        assert time.monotonic() - began < QUICK
    assert code == 1
    assert [name for name, one in found.items() if one["state"] == "broken"] == ["consumers"]
    assert f"update-event-source-mapping --uuid {mapping} --enabled" in found["consumers"]["do"]
    assert found["profile"]["state"] == found["row in the lake"]["state"] == "unexamined"
    assert found["stream"]["state"] == found["view events"]["state"] == "ok"
    assert "message" not in found


def test_the_schedule_of_timers_that_is_switched_off_is_found(shop: Shop) -> None:
    events = boto3.client("events")
    [rule] = [one["Name"] for one in events.list_rules()["Rules"] if "SweepEveryMinute" in one["Name"]]
    events.disable_rule(Name=rule)
    try:
        code, found = doctor(shop, "--no-email")
    finally:
        events.enable_rule(Name=rule)
    assert code == 1
    assert [name for name, one in found.items() if one["state"] == "broken"] == ["rules"]
    assert f"enable-rule --event-bus-name default --name {rule}" in found["rules"]["do"]


@contextmanager
def _no_consumer(shop: Shop) -> Iterator[str]:
    """The id of the mapping."""
    functions = boto3.client("lambda")
    stream = stream_state(shop.stack["StreamName"])
    [mapping] = functions.list_event_source_mappings(EventSourceArn=stream.arn)["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    try:
        yield mapping["UUID"]
    finally:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
        eventually(
            lambda: functions.get_event_source_mapping(UUID=mapping["UUID"])["State"],
            lambda state: state == "Enabled",
            30,
        )
