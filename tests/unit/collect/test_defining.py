"""Definitions that clients add: a new version of the workspace each, additions only, by a source that may."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import boto3
import orjson
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from functions.collect import bootstrap
from functions.collect.definitions import handler as function
from functions.collect.definitions.define import ATTEMPTS, define
from functions.collect.environment import Environment
from shared.aws import clients
from shared.aws.runtime import RUNTIME
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.failures import Unavailable, VersionConflict
from shared.workspace.model import (
    Campaign,
    EventDefinition,
    PropertyDefinition,
    PropertyType,
    Source,
    Workspace,
)
from simulation.ports.workspaces import FakeWorkspaces
from tests.fakes.pretended_aws import pretended_aws

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

DEFINER = Source(id="shop", name="Shop", trust="server", may_define=True)
READER = Source(id="app", name="App", trust="server")
RATE = EventDefinition(
    id="rateOrder",
    name="Rate",
    properties={"stars": PropertyDefinition(type="integer", required=True, minimum=1)},
    forward=True,
)
CAMPAIGN = Campaign(id="c", name="C", event="rateOrder", channel="sms", template="t")
SHOP = Workspace(sources=(DEFINER, READER), events=(RATE,), campaigns=(CAMPAIGN,))


def definition(id_: str = "clicked", **properties: PropertyType) -> EventDefinition:
    wanted = {name: PropertyDefinition(type=type_) for name, type_ in properties.items()}
    return EventDefinition(id=id_, name="Made by a client", properties=wanted)


def now() -> datetime:
    return NOON


class Contended(FakeWorkspaces):
    """Somebody else applies just before each of the next `conflicts` of ours."""

    conflicts = 0

    def apply(self, workspace: Workspace, *, after: int, at: datetime, by: str) -> Workspace:
        if self.conflicts:
            self.conflicts -= 1
            latest = self.load(after)
            theirs = (*latest.events, EventDefinition(id=f"theirs {after}", name="Theirs"))
            super().apply(
                latest.model_copy(update={"events": theirs}), after=after, at=at, by="somebody else"
            )
            raise VersionConflict("on command")
        return super().apply(workspace, after=after, at=at, by=by)


def test_a_definition_more_is_a_version_more_that_says_who_made_it() -> None:
    workspaces = FakeWorkspaces(SHOP)
    made = define(workspaces, "shop", definition(place="string"), extend=False, clock=now)
    assert (made.word, made.version) == ("defined", 2)
    latest = workspaces.load(2)
    assert [event.id for event in latest.events] == ["rateOrder", "clicked"]
    assert (latest.sources, latest.campaigns) == (SHOP.sources, SHOP.campaigns)
    assert workspaces.applied_by[2] == (NOON, "source shop")


@pytest.mark.parametrize("source", ["app", "gone"])
def test_a_source_that_may_not_define_changes_nothing(source: str) -> None:
    workspaces = FakeWorkspaces(SHOP)
    assert define(workspaces, source, definition(), extend=False, clock=now).word == "not_allowed"
    assert workspaces.latest_version() == 1


def test_before_anything_is_applied_nobody_may_define() -> None:
    assert define(FakeWorkspaces(), "default", definition(), extend=False, clock=now).word == "not_allowed"


def test_a_definition_that_is_there_is_not_made_again_and_one_that_is_not_cannot_be_extended() -> None:
    workspaces = FakeWorkspaces(SHOP)
    assert define(workspaces, "shop", definition("rateOrder"), extend=False, clock=now).word == "exists"
    assert define(workspaces, "shop", definition("clicked"), extend=True, clock=now).word == "unknown"
    assert workspaces.latest_version() == 1


def test_extending_adds_and_leaves_what_the_plan_says_of_the_rest() -> None:
    workspaces = FakeWorkspaces(SHOP)
    define(
        workspaces, "shop", definition("rateOrder", stars="integer", comment="string"), extend=True, clock=now
    )
    rate = workspaces.load(2).definition_by_id["rateOrder"]
    assert rate.properties == {**RATE.properties, "comment": PropertyDefinition(type="string")}
    assert (rate.name, rate.forward) == ("Made by a client", True)


def test_a_property_does_not_change_its_type() -> None:
    workspaces = FakeWorkspaces(SHOP)
    made = define(workspaces, "shop", definition("rateOrder", stars="string"), extend=True, clock=now)
    assert (made.word, made.differing, workspaces.latest_version()) == ("differs", ("stars",), 1)


def test_extending_by_nothing_makes_no_version() -> None:
    workspaces = FakeWorkspaces(SHOP)
    made = define(workspaces, "shop", RATE, extend=True, clock=now)
    assert (made.word, made.version, workspaces.latest_version()) == ("defined", 1, 1)


def test_of_two_who_change_the_workspace_at_once_neither_is_lost() -> None:
    workspaces = Contended(SHOP)
    workspaces.conflicts = ATTEMPTS - 1
    made = define(workspaces, "shop", definition(), extend=False, clock=now)
    events = [event.id for event in workspaces.load(made.version).events]
    assert events == ["rateOrder", *(f"theirs {version}" for version in range(1, ATTEMPTS)), "clicked"]


def test_a_workspace_that_never_rests_is_unavailable() -> None:
    workspaces = Contended(SHOP)
    workspaces.conflicts = ATTEMPTS
    with pytest.raises(Unavailable):
        define(workspaces, "shop", definition(), extend=False, clock=now)


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoWorkspaces]:
    with pretended_aws(monkeypatch):
        boto3.client("s3").create_bucket(Bucket="bucket")
        boto3.client("dynamodb").create_table(
            TableName="workspace",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        monkeypatch.setenv("WORKSPACE_TABLE", "workspace")
        monkeypatch.setenv("WORKSPACE_BUCKET", "bucket")
        workspaces = DynamoWorkspaces(table="workspace", bucket="bucket")
        workspaces.apply(SHOP, after=0, at=NOON, by="a test")
        yield workspaces


NAMES = Environment(**{field.name: f"headrace-dev-{field.name}" for field in fields(Environment)})


@pytest.mark.parametrize(
    ("failure", "payload"),
    [(None, {"word": "defined", "version": 2, "differing": []}), ("Unhandled", {"errorType": "Unavailable"})],
)
def test_collect_calls_the_function_and_a_failure_of_it_may_be_tried_again(
    monkeypatch: pytest.MonkeyPatch, failure: str | None, payload: dict[str, Any]
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    clients.forget()
    define = bootstrap.Collecting(NAMES, RUNTIME).define
    body = orjson.dumps(payload)
    answer = {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(body), len(body))}
    asked = {"FunctionName": "headrace-dev-define_function", "Payload": b'{"source":"shop"}'}
    with Stubber(clients.client("lambda")) as stubber:
        stubber.add_response("invoke", answer | ({"FunctionError": failure} if failure else {}), asked)
        if failure is None:
            assert define({"source": "shop"}) == payload
        else:
            with pytest.raises(Unavailable):
                define({"source": "shop"})
    clients.forget()


def test_the_function_makes_the_version_it_tells(stored: DynamoWorkspaces) -> None:
    asked = {
        "source": "shop",
        "definition": definition(place="string").model_dump(mode="json"),
        "extend": False,
    }
    assert function.lambda_handler(asked, None) == {"word": "defined", "version": 2, "differing": ()}
    assert stored.load(2).definition_by_id["clicked"].properties["place"].type == "string"
    assert function.lambda_handler(asked, None)["word"] == "exists"
