"""CloudWatch metrics per minute, for alarms and the dashboard."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.settings.model import Settings

MINUTE = Duration.minutes(1)
SUM, MAXIMUM, SAMPLES = "Sum", "Maximum", "SampleCount"


def namespace(settings: Settings) -> str:
    """The namespace of the functions' own metrics. It includes the stage, so that the stages of an account are not
    added up."""
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
