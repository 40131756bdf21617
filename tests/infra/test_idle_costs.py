"""What the stack costs when idle, as docs/operating.md says it: from what the template has, at list prices."""

from __future__ import annotations

import re

import pytest

from tests.infra.calls import ROOT
from tests.infra.template import Template
from tests.infra.test_alarms import watched_metrics

HOURS, SECONDS = 730, 730 * 3600
"""A month."""
SHARD_HOUR, STREAM_HOUR = 0.015, 0.04
METRIC_ALARM, OWN_METRIC, SECRET = 0.10, 0.30, 0.40
SNAPSHOT_GB_SECOND = 0.0000015046
SQS_REQUEST = 0.40 / 1e6
POLLERS, POLL_SECONDS = 5, 20
"""Of an SQS source, at least, where nothing comes: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html"""


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
    return {re.split(r"[:, ]", row[0].strip("*`"))[0]: float(row[1 + column]) for row in rows}


def test_the_idle_table_is_what_the_template_has(on_aws: Template) -> None:
    said = told(on_aws.settings.stage)
    sum_said = said.pop("sum")
    shards = on_aws.settings.stream_shards
    queues = on_aws.all("AWS::SQS::Queue")
    polled = [
        made
        for made in on_aws.properties("AWS::Lambda::EventSourceMapping").values()
        if made["EventSourceArn"]["Fn::GetAtt"][0] in queues
    ]
    snapshots = [
        made["MemorySize"] / 1024
        for made in on_aws.properties("AWS::Lambda::Function").values()
        if made.get("SnapStart", {}).get("ApplyOn") == "PublishedVersions"
    ]
    expected = {
        "Kinesis": HOURS * (SHARD_HOUR * shards if shards else STREAM_HOUR),
        "alarms": METRIC_ALARM * watched_metrics(on_aws),
        "SnapStart's": sum(snapshots) * SECONDS * SNAPSHOT_GB_SECOND,
        "Lambda's": len(polled) * POLLERS * SECONDS / POLL_SECONDS * SQS_REQUEST,
        "two": SECRET * len(on_aws.all("AWS::SecretsManager::Secret")),
        "one": 0.0,
    }
    schedules = {name: said.pop(name) for name in ("sweep`", "watch`")}

    assert said == {name: round(dollars, 2) for name, dollars in expected.items()}
    # What they call is estimated: a round of `sweep` reads eight shards of the index, a look of `watch` twelve queues.
    assert 0.1 < schedules["sweep`"] < OWN_METRIC
    assert 0.05 < schedules["watch`"] < OWN_METRIC / 2
    assert len(on_aws.all("AWS::CloudWatch::Dashboard")) == 1
    assert sum_said == round(sum(said.values()) + sum(schedules.values()), 2)


@pytest.mark.parametrize(("stage", "most"), [("dev", 16), ("prod", 38)])
def test_nobody_sends_anything_for_little(stage: str, most: float) -> None:
    assert told(stage)["sum"] <= most
