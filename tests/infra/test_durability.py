"""What survives: in prod everything that holds data, elsewhere nothing at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from infra.settings.bounds import LEAST_MESSAGE_LOG_DAYS
from infra.settings.stages import PROD, TARGETS
from shared.aws.messages.lists import OF_DAY, OF_PERSON
from shared.messaging.messages import LONGEST_WAIT
from shared.messaging.sending_limits import QUEUE_KEEPS
from shared.records import RETENTION
from tests.infra.kept_resources import variants
from tests.infra.template import Template, synthesised

STATEFUL = (
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::Kinesis::Stream",
    "AWS::SecretsManager::Secret",
)


def test_prod_keeps_every_resource_that_holds_data(prod: Template) -> None:
    stateful = prod.all(*STATEFUL)

    assert len(stateful) == 6 + 3 + 1 + 2
    for name, made in stateful.items():
        assert made["UpdateReplacePolicy"] == "Retain", name
        assert made["DeletionPolicy"] == "RetainExceptOnCreate", name


@pytest.mark.parametrize("variant", [name for name in variants() if name.startswith("prod")])
def test_a_first_deployment_of_prod_that_is_rolled_back_leaves_nothing_but_the_accounts_role(
    variant: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As `headrace deploy` begins. Only what CloudFormation makes has a policy, and what is protected it cannot delete:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"""
    first = synthesised(variants()[variant], tmp_path_factory.mktemp("first"), protected=False)

    for name, made in first.body["Resources"].items():
        if made["Type"] == "AWS::ApiGateway::Account" or "CloudWatchRole" in name:
            continue  # of all REST APIs of the region: tests/infra/test_gateways.py
        assert made.get("DeletionPolicy", "Delete") in {"Delete", "RetainExceptOnCreate"}, name
    for name, table in first.properties("AWS::DynamoDB::Table").items():
        assert table["DeletionProtectionEnabled"] is False, name
    assert first.manifest["artifacts"]["headrace-prod"]["properties"]["terminationProtection"] is False
    assert first.findings == []


def test_protection_is_all_that_a_second_deployment_of_prod_changes(
    prod: Template, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first = synthesised(PROD, tmp_path_factory.mktemp("first"), protected=False)
    for table in first.each("AWS::DynamoDB::Table").values():
        table["DeletionProtectionEnabled"] = True

    assert first.body == prod.body


def test_what_is_protected_from_the_start_costs_nothing_when_it_stays_behind(prod: Template) -> None:
    """Of `cdk deploy` by hand: tables alone refuse to be deleted, and an empty one on demand is free."""
    for name, table in prod.each("AWS::DynamoDB::Table").items():
        assert table["BillingMode"] == "PAY_PER_REQUEST", name
    for made in prod.body["Resources"].values():
        refusing = {key for key in made.get("Properties", {}) if "Protection" in key}
        assert refusing <= (
            {"DeletionProtectionEnabled"} if made["Type"] == "AWS::DynamoDB::Table" else set()
        )


def test_prod_refuses_to_delete_its_tables_and_restores_those_that_do_not_expire_within_weeks(
    prod: Template,
) -> None:
    restored = {}
    for name, table in prod.properties("AWS::DynamoDB::Table").items():
        assert table["DeletionProtectionEnabled"] is True, name
        specification = table["PointInTimeRecoverySpecification"]
        restored[name.removeprefix("Tables")[:-8]] = specification["PointInTimeRecoveryEnabled"]

    assert restored == {
        "Profiles": True,
        "Messages": True,
        "Workspace": True,
        "Timeline": False,
        "Rejected": False,
        "Tee": False,
    }


def test_in_prod_what_is_deleted_from_a_bucket_can_be_brought_back_for_a_month(
    templates: dict[str, Template],
) -> None:
    """Without its snapshot no function that starts anew has a workspace; what was given up is nowhere else."""
    versioned = {
        stage: {
            name: bucket
            for name, bucket in template.properties("AWS::S3::Bucket").items()
            if "VersioningConfiguration" in bucket
        }
        for stage, template in templates.items()
    }

    assert {stage: set(buckets) for stage, buckets in versioned.items()} == {
        "local": set(),
        "dev": set(),
        "prod": set(templates["prod"].all("AWS::S3::Bucket")),
    }
    assert len(versioned["prod"]) == 3
    for bucket in versioned["prod"].values():
        rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        assert rules["versions"] == {
            "Id": "versions",
            "Status": "Enabled",
            "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
            "ExpiredObjectDeleteMarker": True,
        }


def test_the_lake_alone_may_do_without_versions(tmp_path: Path) -> None:
    """They cost as much as its objects do; the other buckets are small."""
    made = synthesised(replace(PROD, lake_versions_days=None), tmp_path)

    assert sorted(
        "VersioningConfiguration" in bucket for bucket in made.properties("AWS::S3::Bucket").values()
    ) == [False, True, True]


def test_unfinished_uploads_are_not_paid_for(template: Template) -> None:
    for name, bucket in template.each("AWS::S3::Bucket").items():
        rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
        assert rules["unfinished"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}, name


def test_the_workgroup_goes_with_the_history_of_its_queries(template: Template) -> None:
    """Without being told so, Athena deletes no workgroup in which a query has run."""
    ((_, workgroup),) = template.all("AWS::Athena::WorkGroup").items()

    assert workgroup["DeletionPolicy"] == "Delete"
    assert workgroup["Properties"]["RecursiveDeleteOption"] is True


def test_prod_is_protected_against_a_mistaken_destroy(prod: Template) -> None:
    assert prod.manifest["artifacts"]["headrace-prod"]["properties"]["terminationProtection"] is True


@pytest.mark.parametrize("stage", ["local", "dev"])
def test_other_targets_are_destroyed_without_a_trace(stage: str, templates: dict[str, Template]) -> None:
    template = templates[stage]
    kept = [
        name
        for name, made in template.body["Resources"].items()
        if "Retain" in made.get("DeletionPolicy", "Delete") or "Snapshot" in made.get("DeletionPolicy", "")
    ]
    emptied = {made["Bucket"]["Ref"] for made in template.properties("Custom::EmptiedBucket").values()}

    assert kept == []
    assert emptied == set(template.all("AWS::S3::Bucket"))
    assert not any(
        table["DeletionProtectionEnabled"] for table in template.properties("AWS::DynamoDB::Table").values()
    )


def test_prod_empties_no_bucket(prod: Template) -> None:
    assert prod.all("Custom::EmptiedBucket") == {}
    assert "bucket-emptier" not in prod.functions()


def test_the_lake_stops_receiving_before_it_is_emptied(templates: dict[str, Template]) -> None:
    dev = templates["dev"]
    lakes = [name for name in dev.all("Custom::EmptiedBucket") if name.startswith("LakeBucket")]

    assert len(lakes) == 1
    for delivery in dev.all("AWS::KinesisFirehose::DeliveryStream").values():
        assert set(lakes) <= set(delivery["DependsOn"])


def test_every_log_group_has_a_retention_and_goes_with_the_stack(template: Template) -> None:
    groups = template.all("AWS::Logs::LogGroup")
    logged = {made["LoggingConfig"]["LogGroup"]["Ref"] for made in template.functions().values()}

    assert logged <= set(groups)
    for name, group in groups.items():
        assert group["Properties"]["RetentionInDays"] <= 31, name
        assert group["DeletionPolicy"] == "Delete", name


@pytest.mark.parametrize("stage", TARGETS)
def test_the_stream_never_keeps_a_record_longer_than_process_knows_it_again(stage: str) -> None:
    assert TARGETS[stage].stream_retention_hours * 3600 <= RETENTION.total_seconds()


def test_what_expires_has_its_time_to_live(template: Template) -> None:
    expiring = {
        name.removeprefix("Tables")[:-8]
        for name, table in template.properties("AWS::DynamoDB::Table").items()
        if table.get("TimeToLiveSpecification") == {"AttributeName": "expires_at", "Enabled": True}
    }

    assert expiring == {"Timeline", "Rejected", "Tee", "Messages"}


def test_the_indexes_of_messages_have_keys_alone_and_are_those_that_lists_read(template: Template) -> None:
    """No index is changed in place, and an update makes or deletes one at a time: another one has another name."""
    (messages,) = [
        table
        for name, table in template.properties("AWS::DynamoDB::Table").items()
        if name.startswith("TablesMessages")
    ]

    assert [
        (
            index["IndexName"],
            [key["AttributeName"] for key in index["KeySchema"]],
            index["Projection"],
        )
        for index in messages["GlobalSecondaryIndexes"]
    ] == [
        (OF_PERSON, ["person", "requested_at"], {"ProjectionType": "KEYS_ONLY"}),
        (OF_DAY, ["day", "requested_at"], {"ProjectionType": "KEYS_ONLY"}),
    ]
    assert messages["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


@pytest.mark.parametrize(
    ("days", "allowed"), [(29, False), (30, True), (31, True), (None, True), (36_500, True), (36_501, False)]
)
def test_the_message_log_outlives_what_queues_keep(days: int | None, allowed: bool) -> None:
    """Forgotten sooner, a message that comes from a queue or its dead letters would be sent again."""
    if allowed:
        replace(PROD, message_log_days=days)
    else:
        with pytest.raises(ValueError, match="message_log_days"):
            replace(PROD, message_log_days=days)
    assert timedelta(days=LEAST_MESSAGE_LOG_DAYS) > QUEUE_KEEPS + LONGEST_WAIT


@pytest.mark.parametrize("rate", [-1, 0, float("inf"), float("nan")])
def test_a_channels_rate_is_more_than_nothing(rate: float) -> None:
    with pytest.raises(ValueError, match="messages_per_second"):
        replace(PROD, messages_per_second={"sms": rate})
