"""The lake's tables, and Firehose's conversion into them, agree with what the archive writes."""

from __future__ import annotations

import base64
import json
import re

from shared import lake_schema
from tests.infra.template import Template


def table(template: Template, name: str) -> dict[str, object]:
    return next(
        made["TableInput"]
        for made in template.properties("AWS::Glue::Table").values()
        if made["TableInput"]["Name"] == name
    )


def test_events_raw_has_the_columns_that_the_archive_writes(template: Template) -> None:
    made = table(template, lake_schema.TABLE)
    storage = made["StorageDescriptor"]

    assert isinstance(storage, dict)
    assert [(column["Name"], column["Type"]) for column in storage["Columns"]] == list(lake_schema.COLUMNS)
    assert made["PartitionKeys"] == [{"Name": "dt", "Type": "string"}]


def test_athena_finds_the_days_where_firehose_puts_them(template: Template) -> None:
    (delivery,) = template.properties("AWS::KinesisFirehose::DeliveryStream").values()
    destination = delivery["ExtendedS3DestinationConfiguration"]
    parameters = table(template, lake_schema.TABLE)["Parameters"]
    (bucket,) = [name for name in template.all("AWS::S3::Bucket") if name.startswith("LakeBucket")]

    assert isinstance(parameters, dict)
    assert destination["Prefix"] == "events/dt=!{timestamp:yyyy-MM-dd}/"
    assert destination["ErrorOutputPrefix"].startswith("errors/!{firehose:error-output-type}/")
    assert parameters["storage.location.template"] == {
        "Fn::Join": ["", ["s3://", {"Ref": bucket}, "/events/dt=${dt}/"]]
    }
    assert parameters["projection.dt.format"] == "yyyy-MM-dd"


def test_firehose_converts_with_that_table_and_keeps_the_case_of_property_names(template: Template) -> None:
    (delivery,) = template.properties("AWS::KinesisFirehose::DeliveryStream").values()
    conversion = delivery["ExtendedS3DestinationConfiguration"]["DataFormatConversionConfiguration"]
    (events_raw,) = [name for name in template.all("AWS::Glue::Table") if name.startswith("LakeEventsRaw")]

    assert conversion["SchemaConfiguration"]["TableName"] == {"Ref": events_raw}
    assert conversion["InputFormatConfiguration"]["Deserializer"] == {
        "OpenXJsonSerDe": {"CaseInsensitive": False}
    }
    assert conversion["OutputFormatConfiguration"]["Serializer"] == {"ParquetSerDe": {}}


def test_the_view_is_one_that_athena_can_read(on_aws: Template) -> None:
    made = table(on_aws, lake_schema.VIEW)
    found = re.fullmatch(r"/\* Presto View: (\S+) \*/", str(made["ViewOriginalText"]))
    storage = made["StorageDescriptor"]

    assert found
    assert isinstance(storage, dict)
    view = json.loads(base64.b64decode(found[1]))
    assert (view["catalog"], view["schema"]) == ("awsdatacatalog", f"headrace_{on_aws.settings.stage}")
    assert [column["name"] for column in view["columns"]] == [column["Name"] for column in storage["Columns"]]
    assert made["TableType"] == "VIRTUAL_VIEW"


def test_the_queries_are_there_to_be_run(on_aws: Template) -> None:
    queries = {made["Name"] for made in on_aws.properties("AWS::Athena::NamedQuery").values()}

    assert queries >= {"event_counts", "trend_by_day", "trend_by_hour", "unique_people"}


def test_what_the_emulator_refuses_is_left_out(templates: dict[str, Template]) -> None:
    assert templates["local"].all("AWS::Athena::NamedQuery", "AWS::CloudWatch::Alarm") == {}
