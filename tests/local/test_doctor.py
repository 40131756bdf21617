"""headrace doctor on the whole stack: nothing broken as it stands, each planted fault found, nothing left to see."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import boto3
import botocore.client
import pytest

from cli.commands.doctor import examined
from cli.doctor.finding import State
from cli.doctor.permissions import ACTIONS
from shared.aws.workspaces import DynamoWorkspaces
from shared.doctor import PERSON
from shared.events import DOCTOR
from tests.local.shop import Shop, eventually, headrace

QUICK = 60.0
"""Seconds; a laptop that has nothing else to do takes five."""

OF_THE_ACCOUNT = ("ses:", "sns:")
"""What a laptop has none of."""

ONLY_IN_NEED = {"athena:StopQueryExecution", "dynamodb:Query"}

IAM_NAMES = {"sesv2": "ses"}


def doctor(*arguments: str) -> tuple[int, dict[str, dict[str, str]]]:
    """Its exit code, and what it found by probe."""
    done = headrace("doctor", "--json", *arguments)
    return done.returncode, {one["probe"]: one for one in json.loads(done.stdout)}


def test_nothing_is_broken_and_nothing_is_left_to_see(shop: Shop) -> None:
    began = time.monotonic()
    code, found = doctor()
    assert time.monotonic() - began < QUICK
    assert {name: one for name, one in found.items() if one["state"] == "broken"} == {}
    assert code == 0
    assert all(set(one) == {"probe", "state", "detail", "do"} for one in found.values())
    assert found["message"]["detail"].startswith("sent to")

    assert shop.rows(f"select count(*) as c from events_raw where source = '{DOCTOR}'")[0]["c"] >= 20
    assert shop.rows(f"select count(*) as c from events where source = '{DOCTOR}'") == [{"c": 0}]
    for listed in (("messages", "--json"), ("rejected", "list", "--json"), ("keys", "--json")):
        assert DOCTOR not in headrace(*listed).stdout
    person = json.loads(headrace("profile", PERSON, "--json").stdout)
    assert {name for name in person["counters"] if name.startswith("Session")} == set()


def test_what_it_asks_of_aws_is_what_it_says_it_needs(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

    def recorded(self: Any, operation: str, arguments: dict[str, Any]) -> Any:
        service = self.meta.service_model.service_name
        asked.add(f"{IAM_NAMES.get(service, service)}:{operation}")
        return call(self, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", recorded)
    found = examined(shop.stack, with_message=True, quiet=True)
    assert [one for one in found if one.finding.state is State.BROKEN] == []
    asked.discard("pinpoint:PutEvents")  # collect answers that one
    here = {action for action in ACTIONS if not action.startswith(OF_THE_ACCOUNT)}
    assert asked <= here
    assert here - asked <= {*ONLY_IN_NEED, "cloudformation:DescribeStacks"}


def test_a_consumer_that_is_switched_off_is_found_by_who_waits_for_it(shop: Shop) -> None:
    with _no_consumer(shop):
        code, found = doctor("--no-email")
    assert code == 1
    assert found["consumer"]["state"] == found["profile"]["state"] == "broken"
    assert "Enable it" in found["consumer"]["do"]
    assert found["stream"]["state"] == found["view events"]["state"] == "ok"
    assert "message" not in found


def test_a_workspace_of_before_the_doctor_is_to_be_applied_again(shop: Shop) -> None:
    workspaces = DynamoWorkspaces(table=shop.stack["WorkspaceTable"], bucket=shop.stack["WorkspaceBucket"])
    before = workspaces.load(workspaces.latest_version())
    workspaces.apply(
        before.model_copy(update={"doctor": None}), after=before.version, at=datetime.now(UTC), by="a test"
    )
    try:
        time.sleep(1.5)  # until functions look again
        code, found = doctor("--no-email")
    finally:
        latest = workspaces.latest_version()
        workspaces.apply(before, after=latest, at=datetime.now(UTC), by="a test")
    assert code == 1
    assert "headrace apply" in found["body: application/json"]["do"]


@contextmanager
def _no_consumer(shop: Shop) -> Iterator[None]:
    functions = boto3.client("lambda")
    [mapping] = (
        functions.list_event_source_mappings(FunctionName=shop.stack["ProcessFunction"])[
            "EventSourceMappings"
        ]
        or functions.list_event_source_mappings()["EventSourceMappings"][:1]
    )
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
        eventually(
            lambda: functions.get_event_source_mapping(UUID=mapping["UUID"])["State"],
            lambda state: state == "Enabled",
            30,
        )
