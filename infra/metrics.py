"""What CloudWatch counts, minute by minute, as alarms and the dashboard ask for it."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.settings import Settings

MINUTE = Duration.minutes(1)
SUM, MAXIMUM, SAMPLES = "Sum", "Maximum", "SampleCount"


def namespace(settings: Settings) -> str:
    """Of what our own functions count: a stage's own, so that stages of one account are not added up."""
    return f"Headrace/{settings.stage}"


def metric(
    namespace: str, name: str, statistic: str, *, label: str | None = None, **dimensions: str
) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        statistic=statistic,
        period=MINUTE,
        label=label,
        dimensions_map=dimensions,
    )
