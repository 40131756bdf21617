"""The adapter on moto and the fake, held to one contract; then what only the adapter has."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import orjson
import pytest
from botocore.stub import Stubber

from shared.aws.clients import client
from shared.aws.tables.collecting_workspaces import DynamoCollectingWorkspaces
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.failures import Unavailable, UnreadableWorkspace, VersionConflict
from shared.ports.workspaces import Workspaces
from shared.workspace import snapshot
from shared.workspace.collecting import CollectingSettings, CollectingWorkspace
from shared.workspace.collecting_snapshot import digest
from shared.workspace.model import Campaign, EventDefinition, PropertyDefinition, Source, Template, Workspace
from simulation.ports.workspaces import FakeWorkspaces, OnlyCollecting
from tests.fakes.pretended_aws import Cloud, pretended_aws

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
            id="c",
            name="C",
            event="Play Song",
            where={"all": [{"property": "stars", "in": [1.5]}]},
            channel="sms",
            template="t",
        ),
    ),
    templates=(Template(id="t", channel="sms", parts={"text": "Hi"}),),
)
PARTS = snapshot.encode_parts(SHOP)
COLLECTED = CollectingWorkspace.model_validate(
    {**SHOP.model_dump(exclude={"campaigns", "templates"}), "version": 1}
)


def key(data: bytes) -> str:
    return f"workspaces/{digest(data)}.json"


def stored() -> set[str]:
    return {entry["Key"] for entry in boto3.client("s3").list_objects_v2(Bucket="bucket")["Contents"]}


def store(version: int, **parts: bytes) -> None:
    """A version as other code than this may have left it."""
    for data in parts.values():
        boto3.client("s3").put_object(Bucket="bucket", Key=key(data), Body=data)
    digests = {name: {"S": digest(data)} for name, data in parts.items()}
    boto3.client("dynamodb").put_item(
        TableName="workspace", Item={"pk": {"S": f"version#{version:010d}"}, **digests}
    )


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> Iterator[None]:
    with pretended_aws(monkeypatch, cloud):
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


def test_the_same_content_is_stored_once(adapter: DynamoWorkspaces) -> None:
    adapter.apply(SHOP, after=0, at=NOW, by="ada")
    adapter.apply(SHOP, after=1, at=NOW, by="ada")

    assert stored() == {key(PARTS.collecting), key(PARTS.acting), key(snapshot.encode(SHOP))}


def test_a_changed_template_leaves_what_collect_reads_as_it_is(adapter: DynamoWorkspaces) -> None:
    adapter.apply(SHOP, after=0, at=NOW, by="ada")
    templates = (Template(id="t", channel="sms", parts={"text": "Hello"}),)
    adapter.apply(SHOP.model_copy(update={"templates": templates}), after=1, at=NOW, by="ada")

    assert len(stored()) == 5  # two wholes, two of what acts
    assert key(PARTS.collecting) in stored()


@pytest.fixture
def collecting(aws: None) -> DynamoCollectingWorkspaces:
    return DynamoCollectingWorkspaces(table="workspace", bucket="bucket")


def test_a_stage_that_collects_reads_what_collecting_needs_and_nothing_else(
    adapter: DynamoWorkspaces, collecting: DynamoCollectingWorkspaces
) -> None:
    adapter.apply(SHOP, after=0, at=NOW, by="ada")
    boto3.client("s3").delete_object(Bucket="bucket", Key=key(PARTS.acting))
    sent: list[str] = []
    for service in ("s3", "dynamodb"):
        client(service).meta.events.register("before-call", lambda model, **_: sent.append(model.name))

    loaded = collecting.load(1)

    assert loaded == COLLECTED
    assert len(sent) == 2  # as many as for a snapshot that was stored whole


def test_who_reads_without_what_acts_can_apply_nothing(collecting: DynamoCollectingWorkspaces) -> None:
    """What it read would be a version without campaigns."""
    for partial in (collecting, OnlyCollecting(FakeWorkspaces(SHOP))):
        assert not hasattr(partial, "apply")


def test_a_stage_that_collects_reads_past_settings_that_are_not_its_own(
    collecting: DynamoCollectingWorkspaces,
) -> None:
    settings = {"rejected_days": 7, "session_idle_seconds": 60, "of_a_newer_version": True}
    store(1, collecting=orjson.dumps({"part": "collecting", "settings": settings}))

    assert collecting.load(1).settings == CollectingSettings(rejected_days=7)


def test_version_0_has_no_sources_and_is_not_stored(
    adapter: DynamoWorkspaces, collecting: DynamoCollectingWorkspaces
) -> None:
    assert adapter.load(0) == FakeWorkspaces().load(0) == Workspace()
    assert collecting.load(0) == CollectingWorkspace()


def test_the_fake_of_what_collect_reads_reads_the_same(
    adapter: DynamoWorkspaces, collecting: DynamoCollectingWorkspaces
) -> None:
    adapter.apply(SHOP, after=0, at=NOW, by="ada")

    assert OnlyCollecting(FakeWorkspaces(SHOP)).load(1) == collecting.load(1)


def test_a_version_that_was_stored_whole_is_still_read(
    adapter: DynamoWorkspaces, collecting: DynamoCollectingWorkspaces
) -> None:
    store(1, digest=snapshot.encode(SHOP))

    assert adapter.load(1) == SHOP.model_copy(update={"version": 1})
    assert collecting.load(1) == COLLECTED


def test_code_from_before_there_were_parts_finds_the_whole(adapter: DynamoWorkspaces) -> None:
    """After a roll-back it reads what `digest` names, as it always did, and can apply again."""
    adapter.apply(SHOP, after=0, at=NOW, by="ada")

    for pk in ("current", "version#0000000001"):
        item = boto3.client("dynamodb").get_item(TableName="workspace", Key={"pk": {"S": pk}})["Item"]
        found = boto3.client("s3").get_object(Bucket="bucket", Key=f"workspaces/{item['digest']['S']}.json")
        assert snapshot.decode(found["Body"].read(), 1) == SHOP.model_copy(update={"version": 1})


def test_a_part_is_taken_neither_for_the_other_nor_for_a_whole(adapter: DynamoWorkspaces) -> None:
    for part in PARTS:
        with pytest.raises(UnreadableWorkspace, match="part"):
            snapshot.decode(part, 1)
    store(1, collecting=PARTS.acting, acting=PARTS.collecting)
    with pytest.raises(UnreadableWorkspace, match="no part `collecting`"):
        adapter.load(1)


@pytest.mark.parametrize("part", PARTS, ids=PARTS._fields)
def test_a_snapshot_that_was_altered_is_refused(adapter: DynamoWorkspaces, part: bytes) -> None:
    adapter.apply(SHOP, after=0, at=NOW, by="ada")
    boto3.client("s3").put_object(Bucket="bucket", Key=key(part), Body=b"{}")

    with pytest.raises(UnreadableWorkspace, match="not the one that was applied"):
        adapter.load(1)


UNKNOWN = (
    b"{hunter2",
    b"[]",
    b'{"of_the_future": "hunter2"}',
    b'{"part": "acting", "of_the_future": "hunter2"}',
    b'{"part": "hunter2"}',
    b'{"name": ["hunter2"]}',
    *(
        orjson.dumps({"part": "acting", "campaigns": [{**campaign.model_dump(), "where": where}]})
        for campaign in SHOP.campaigns
        for where in (
            {"hunter2": "plan", "is": "gold"},
            {"trait": "plan", "hunter2": 3},
            {"trait": "plan", "at_least": "hunter2"},
            {"trait": "plan"},
            {"all": ["hunter2"]},
            {"last": "Login", "before": "hunter2"},
            {"last": "Login", "within_days": 10**12},
        )
    ),
)


@pytest.mark.parametrize("data", UNKNOWN)
@pytest.mark.parametrize("part", ["collecting", "acting"])
def test_a_snapshot_this_code_does_not_know_cannot_be_read_and_is_logged_without_its_values(
    adapter: DynamoWorkspaces, caplog: pytest.LogCaptureFixture, part: str, data: bytes
) -> None:
    store(1, **{"collecting": PARTS.collecting, "acting": PARTS.acting, part: data})

    with pytest.raises(UnreadableWorkspace, match="version 1"):
        adapter.load(1)

    [logged] = caplog.records
    assert (logged.levelname, "version 1" in logged.getMessage()) == ("ERROR", True)
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize("part", PARTS, ids=PARTS._fields)
def test_a_snapshot_that_is_gone_cannot_be_read_however_often_it_is_tried(
    adapter: DynamoWorkspaces, part: bytes
) -> None:
    adapter.apply(SHOP, after=0, at=NOW, by="ada")
    boto3.client("s3").delete_object(Bucket="bucket", Key=key(part))

    with pytest.raises(UnreadableWorkspace, match="version 1 is gone"):
        adapter.load(1)


@pytest.mark.parametrize("code", ["AccessDenied", "SlowDown", "InternalError", "NoSuchBucket"])
def test_a_bucket_that_does_not_answer_says_nothing_of_the_snapshot(
    adapter: DynamoWorkspaces, code: str
) -> None:
    adapter.apply(SHOP, after=0, at=NOW, by="ada")
    failing = Stubber(client("s3"))
    failing.add_client_error("get_object", service_error_code=code)
    with failing, pytest.raises(Unavailable) as raised:
        adapter.load(1)
    assert not isinstance(raised.value, UnreadableWorkspace)


def test_a_missing_table_is_unavailable(aws: None) -> None:
    with pytest.raises(Unavailable):
        DynamoWorkspaces(table="nowhere", bucket="bucket").latest_version()


def test_who_applied_and_when_is_kept(adapter: DynamoWorkspaces) -> None:
    adapter.apply(SHOP, after=0, at=NOW, by="ada")

    item = boto3.client("dynamodb").get_item(TableName="workspace", Key={"pk": {"S": "version#0000000001"}})[
        "Item"
    ]
    assert (item["by"]["S"], item["applied_at"]["S"]) == ("ada", "2026-11-21T18:10:00.000Z")
