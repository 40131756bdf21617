"""The adapter on moto and the fake, held to one contract; then what only the adapter has."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.ports.failures import Unavailable, UnreadableWorkspace, VersionConflict
from shared.ports.workspaces import Workspaces
from shared.workspace import snapshot
from shared.workspace.model import Campaign, EventDefinition, PropertyDefinition, Source, Workspace
from tests.fakes.pretended_aws import pretended_aws
from tests.fakes.workspaces import FakeWorkspaces

NOW = datetime(2026, 11, 21, 18, 10, tzinfo=UTC)
SHOP = Workspace(
    name="shop",
    sources=(Source(id="web", name="Web", trust="browser", key_hashes=("ab" * 32,)),),
    events=(
        EventDefinition(
            id="Play Song",
            name="Lied hören",
            properties={"stars": PropertyDefinition(type="integer", allowed=(1, 2, 3))},
        ),
    ),
    campaigns=(
        Campaign(
            id="c", name="C", event="Play Song", where={"all": [{"a": [1.5]}]}, channel="sms", template="t"
        ),
    ),
)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with pretended_aws(monkeypatch):
        boto3.client("s3").create_bucket(Bucket="bucket")
        boto3.client("dynamodb").create_table(
            TableName="workspace",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield


@pytest.fixture
def adapter(aws: None) -> DynamoWorkspaces:
    return DynamoWorkspaces(table="workspace", bucket="bucket")


@pytest.fixture(params=["adapter", "fake"])
def workspaces(request: pytest.FixtureRequest) -> Workspaces:
    return FakeWorkspaces() if request.param == "fake" else request.getfixturevalue("adapter")


def test_nothing_applied_is_version_0(workspaces: Workspaces) -> None:
    assert workspaces.latest_version() == 0


def test_what_was_applied_is_loaded_again(workspaces: Workspaces) -> None:
    applied = workspaces.apply(SHOP, after=0, at=NOW, by="ada")

    assert applied.version == 1
    assert workspaces.latest_version() == 1
    assert workspaces.load(1) == applied
    assert applied.model_dump(exclude={"version"}) == SHOP.model_dump(exclude={"version"})


def test_earlier_versions_stay_readable(workspaces: Workspaces) -> None:
    workspaces.apply(SHOP, after=0, at=NOW, by="ada")
    workspaces.apply(Workspace(name="other"), after=1, at=NOW, by="ada")

    assert workspaces.latest_version() == 2
    assert workspaces.load(1).name == "shop"


@pytest.mark.parametrize("after", [0, 2])
def test_applying_after_another_version_than_the_latest_is_a_conflict(
    workspaces: Workspaces, after: int
) -> None:
    workspaces.apply(SHOP, after=0, at=NOW, by="ada")

    with pytest.raises(VersionConflict):
        workspaces.apply(Workspace(name="late"), after=after, at=NOW, by="bob")
    assert workspaces.latest_version() == 1


def test_a_version_that_was_never_applied_cannot_be_read(workspaces: Workspaces) -> None:
    with pytest.raises(UnreadableWorkspace, match="version 9"):
        workspaces.load(9)


@pytest.mark.parametrize("versions", [0, 1, 2, 7])
def test_the_version_of_a_moment_is_the_latest_applied_by_then(
    adapter: DynamoWorkspaces, versions: int
) -> None:
    for number in range(versions):
        adapter.apply(SHOP, after=number, at=NOW + timedelta(hours=number), by="ada")

    moment = timedelta(milliseconds=1)
    assert adapter.version_at(NOW - moment) is None
    for number in range(versions):
        at = NOW + timedelta(hours=number)
        assert adapter.version_at(at) == number + 1
        assert adapter.version_at(at + timedelta(hours=1) - moment) == number + 1
    assert adapter.version_at(NOW + timedelta(days=900)) == (versions or None)


def test_the_same_content_is_one_object(adapter: DynamoWorkspaces) -> None:
    adapter.apply(SHOP, after=0, at=NOW, by="ada")
    adapter.apply(SHOP, after=1, at=NOW, by="ada")

    stored = boto3.client("s3").list_objects_v2(Bucket="bucket")["Contents"]
    assert [entry["Key"] for entry in stored] == [f"workspaces/{snapshot.digest(snapshot.encode(SHOP))}.json"]


def test_a_snapshot_that_was_altered_is_refused(adapter: DynamoWorkspaces) -> None:
    adapter.apply(SHOP, after=0, at=NOW, by="ada")
    key = f"workspaces/{snapshot.digest(snapshot.encode(SHOP))}.json"
    boto3.client("s3").put_object(Bucket="bucket", Key=key, Body=b"{}")

    with pytest.raises(UnreadableWorkspace, match="not the one that was applied"):
        adapter.load(1)


@pytest.mark.parametrize(
    "data", [b"{hunter2", b"[]", b'{"of_the_future": "hunter2"}', b'{"name": ["hunter2"]}']
)
def test_a_snapshot_this_code_does_not_know_cannot_be_read_and_is_logged_without_its_values(
    adapter: DynamoWorkspaces, caplog: pytest.LogCaptureFixture, data: bytes
) -> None:
    adapter.apply(SHOP, after=0, at=NOW, by="ada")
    boto3.client("s3").put_object(Bucket="bucket", Key=f"workspaces/{snapshot.digest(data)}.json", Body=data)
    boto3.client("dynamodb").put_item(
        TableName="workspace",
        Item={"pk": {"S": "version#0000000001"}, "digest": {"S": snapshot.digest(data)}},
    )

    with pytest.raises(UnreadableWorkspace, match="version 1"):
        adapter.load(1)

    [logged] = caplog.records
    assert (logged.levelname, "version 1" in logged.getMessage()) == ("ERROR", True)
    assert "hunter2" not in caplog.text


def test_a_snapshot_that_is_gone_is_unavailable(adapter: DynamoWorkspaces) -> None:
    adapter.apply(SHOP, after=0, at=NOW, by="ada")
    key = f"workspaces/{snapshot.digest(snapshot.encode(SHOP))}.json"
    boto3.client("s3").delete_object(Bucket="bucket", Key=key)

    with pytest.raises(Unavailable):
        adapter.load(1)


def test_a_missing_table_is_unavailable(aws: None) -> None:
    with pytest.raises(Unavailable):
        DynamoWorkspaces(table="nowhere", bucket="bucket").latest_version()


def test_who_applied_and_when_is_kept(adapter: DynamoWorkspaces) -> None:
    adapter.apply(SHOP, after=0, at=NOW, by="ada")

    item = boto3.client("dynamodb").get_item(TableName="workspace", Key={"pk": {"S": "version#0000000001"}})[
        "Item"
    ]
    assert (item["by"]["S"], item["applied_at"]["S"]) == ("ada", "2026-11-21T18:10:00.000Z")
