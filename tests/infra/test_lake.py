"""The lake's tables, and Firehose's conversion into them, agree with what the archive writes."""

from __future__ import annotations

import base64
import json
import re

import pytest

from shared.lake import schema
from shared.lake.schema import LakeTable
from tests.infra.template import Template


def table(template: Template, name: str) -> dict[str, object]:
    return next(
        made["TableInput"]
        for made in template.properties("AWS::Glue::Table").values()
        if made["TableInput"]["Name"] == name
    )


def logical_id(template: Template, type_: str, begins: str) -> str:
    [name] = [name for name in template.all(type_) if name.startswith(begins)]
    return name


DELIVERIES = {"LakeDelivery": schema.EVENTS, "LakeRejectedDelivery": schema.REJECTED}


@pytest.mark.parametrize("of", schema.TABLES, ids=lambda of: of.name)
def test_a_table_has_the_columns_that_the_archive_writes(of: LakeTable, template: Template) -> None:
    made = table(template, of.name)
    storage = made["StorageDescriptor"]

    assert isinstance(storage, dict)
    assert [(column["Name"], column["Type"]) for column in storage["Columns"]] == list(of.columns)
    assert made["PartitionKeys"] == [{"Name": "dt", "Type": "string"}]


@pytest.mark.parametrize("stream", DELIVERIES)
def test_athena_finds_the_days_where_firehose_puts_them(stream: str, template: Template) -> None:
    of = DELIVERIES[stream]
    made = template.properties("AWS::KinesisFirehose::DeliveryStream")
    destination = made[logical_id(template, "AWS::KinesisFirehose::DeliveryStream", stream)][
        "ExtendedS3DestinationConfiguration"
    ]
    parameters = table(template, of.name)["Parameters"]
    bucket = logical_id(template, "AWS::S3::Bucket", "LakeBucket")

    assert isinstance(parameters, dict)
    assert destination["Prefix"] == f"{of.prefix}dt=!{{timestamp:yyyy-MM-dd}}/"
    assert destination["ErrorOutputPrefix"].startswith("errors/!{firehose:error-output-type}/")
    assert parameters["storage.location.template"] == {
        "Fn::Join": ["", ["s3://", {"Ref": bucket}, f"/{of.prefix}dt=${{dt}}/"]]
    }
    assert parameters["projection.dt.format"] == "yyyy-MM-dd"


@pytest.mark.parametrize(
    ("stream", "converts_by"),
    [("LakeDelivery", "LakeEventsRaw"), ("LakeRejectedDelivery", "LakeRejectedRaw")],
)
def test_firehose_converts_with_that_table_and_keeps_the_case_of_property_names(
    stream: str, converts_by: str, template: Template
) -> None:
    made = template.properties("AWS::KinesisFirehose::DeliveryStream")
    delivery = made[logical_id(template, "AWS::KinesisFirehose::DeliveryStream", stream)]
    conversion = delivery["ExtendedS3DestinationConfiguration"]["DataFormatConversionConfiguration"]

    assert conversion["SchemaConfiguration"]["TableName"] == {
        "Ref": logical_id(template, "AWS::Glue::Table", converts_by)
    }
    assert conversion["InputFormatConfiguration"]["Deserializer"] == {
        "OpenXJsonSerDe": {"CaseInsensitive": False}
    }
    assert conversion["OutputFormatConfiguration"]["Serializer"] == {"ParquetSerDe": {}}


@pytest.mark.parametrize("of", schema.TABLES, ids=lambda of: of.name)
def test_a_view_is_one_that_athena_can_read(of: LakeTable, on_aws: Template) -> None:
    made = table(on_aws, of.view)
    found = re.fullmatch(r"/\* Presto View: (\S+) \*/", str(made["ViewOriginalText"]))
    storage = made["StorageDescriptor"]

    assert found
    assert isinstance(storage, dict)
    view = json.loads(base64.b64decode(found[1]))
    assert (view["catalog"], view["schema"]) == ("awsdatacatalog", f"headrace_{on_aws.settings.stage}")
    assert [column["name"] for column in view["columns"]] == [column["Name"] for column in storage["Columns"]]
    assert made["TableType"] == "VIRTUAL_VIEW"


def test_new_rejected_events_go_to_the_archive_alone_until_they_are_taken(template: Template) -> None:
    [source] = [
        made
        for made in template.properties("AWS::Lambda::EventSourceMapping").values()
        if "StreamArn" in json.dumps(made["EventSourceArn"])
    ]

    assert json.loads(source["FilterCriteria"]["Filters"][0]["Pattern"]) == {"eventName": ["INSERT"]}
    assert source["BisectBatchOnFunctionError"] is True
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    _, function = template.function("archive")
    resumes = "RESUMES_STREAMS" in function["Environment"]["Variables"]
    assert resumes is template.settings.on_aws  # elsewhere it fails instead
    assert source["BatchSize"] <= 20  # each a request of up to 5,000 events, in a minute
    assert source["MaximumRecordAgeInSeconds"] == 23 * 3600
    assert "MaximumRetryAttempts" not in source
    assert "ArchiveBatchesDeadLetters" in json.dumps(source["DestinationConfig"])


def test_the_queries_are_there_to_be_run(on_aws: Template) -> None:
    queries = {made["Name"] for made in on_aws.properties("AWS::Athena::NamedQuery").values()}

    assert queries >= {"event_counts", "trend_by_day", "trend_by_hour", "unique_people"}


def test_what_the_emulator_refuses_is_left_out(templates: dict[str, Template]) -> None:
    assert templates["local"].all("AWS::Athena::NamedQuery", "AWS::CloudWatch::Alarm") == {}
