"""What the stack costs when idle: docs/operating.md and `headrace cost` say the same, out of what the template has."""

from __future__ import annotations

import re

import pytest

from cli.cost import idle, tables
from cli.cost.batches import POLLERS, QUEUE_BATCH, SHARDS_ON_DEMAND, STREAM_BATCH
from cli.cost.lines import Line
from infra.settings.changed import as_written
from infra.stream import SHARDS_ON_DEMAND as SHARDS_OF_THE_STACK
from infra.tables import USED_PERCENT
from tests.infra.alarms.alarms import watched_metrics
from tests.infra.calls import ROOT
from tests.infra.template import Template


def told(stage: str) -> dict[str, float]:
    """Dollars by the row's first words."""
    column = {"dev": 0, "prod": 1}[stage]
    section = (
        (ROOT / "docs" / "operating.md")
        .read_text()
        .split("## What it costs when idle\n")[1]
        .split("\n## ")[0]
    )
    rows = re.findall(r"^\| (.+?) \| \**\$([\d.]+)\** \| \**\$([\d.]+)\** \|$", section, re.MULTILINE)
    return {re.split(r"[:, ]", row[0].strip("*`"))[0].strip("`"): float(row[1 + column]) for row in rows}


def row_of(line: Line) -> str:
    """Of the document's table, by its first word."""
    if (schedule := line.what.partition(":")[0]) in ("sweep", "watch"):
        return schedule
    if line.price == "snapshot_gb_second":
        return "SnapStart's"
    return {"stream": "Kinesis", "alarms": "alarms", "queues": "Lambda's", "secrets": "two"}[line.service]


def test_the_idle_table_is_what_the_command_says(on_aws: Template) -> None:
    lines = idle.idle(as_written(on_aws.settings))
    expected = {"one": 0.0, "SnapStart's": 0.0, "sum": sum(line.month_usd for line in lines)}
    for line in lines:
        expected[row_of(line)] = expected.get(row_of(line), 0.0) + line.idle_usd

    said = told(on_aws.settings.stage)

    assert said == {name: round(dollars, 2) for name, dollars in expected.items()}
    assert said.pop("sum") == round(sum(said.values()), 2)


def test_the_command_counts_what_the_template_has(on_aws: Template) -> None:
    queues = on_aws.all("AWS::SQS::Queue")
    sources = [*on_aws.properties("AWS::Lambda::EventSourceMapping").values()]
    polled = [made for made in sources if made["EventSourceArn"]["Fn::GetAtt"][0] in queues]
    snapshots = [
        made["MemorySize"]
        for made in on_aws.properties("AWS::Lambda::Function").values()
        if made.get("SnapStart", {}).get("ApplyOn") == "PublishedVersions"
    ]

    late = idle.DELIVERY_ALARM_METRICS * on_aws.settings.delivery_alarms
    assert watched_metrics(on_aws) == idle.ALARM_METRICS + late
    assert len(polled) == idle.QUEUES
    assert idle.POLLERS == POLLERS
    assert len(on_aws.all("AWS::SecretsManager::Secret")) == idle.SECRETS
    assert snapshots == [on_aws.settings.collect_memory_mb] * on_aws.settings.snap_start
    assert len(on_aws.all("AWS::CloudWatch::Dashboard")) == 1  # three of an account cost nothing


@pytest.mark.parametrize(("stage", "most"), [("dev", 16), ("prod", 38)])
def test_nobody_sends_anything_for_little(stage: str, most: float) -> None:
    assert told(stage)["sum"] <= most


def test_the_command_forms_batches_as_the_template_says(on_aws: Template) -> None:
    sources = [*on_aws.properties("AWS::Lambda::EventSourceMapping").values()]
    lanes = on_aws.settings.stream_parallelism
    of_process = [
        one for one in sources if one.get("ParallelizationFactor", 1) == lanes and "Stream" in str(one)
    ]

    assert STREAM_BATCH in {one["BatchSize"] for one in of_process}
    assert QUEUE_BATCH in {
        one["BatchSize"]
        for one in sources
        if one.get("MaximumBatchingWindowInSeconds") == on_aws.settings.archive_window_seconds
    }
    assert SHARDS_ON_DEMAND == SHARDS_OF_THE_STACK


def test_the_command_knows_how_tables_scale(on_aws: Template) -> None:
    indexes = {
        name.partition("Tables")[2][:-8].lower(): len(made["GlobalSecondaryIndexes"])
        for name, made in on_aws.properties("AWS::DynamoDB::Table").items()
        if "GlobalSecondaryIndexes" in made
    }
    assert indexes == tables.INDEXES
    assert tables.USED == USED_PERCENT / 100
