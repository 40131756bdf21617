"""Settings that are each valid, and together said in vain; and what lies where the stack does not go."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.placement import Where
from infra.settings.file import SettingsFile, as_line
from infra.settings.findings import findings

HERE = Where("eu-central-1", "123456789012")
WEB_ACL = "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/1111-2222"


def found(tmp_path: Path, text: str, stage: str = "prod", where: Where = HERE) -> list[str]:
    """Each as `severity line: message`."""
    file = tmp_path / "headrace.yaml"
    file.write_text(text)
    return [
        f"{one.severity} "
        + as_line(one).removeprefix(f"{file}:").removesuffix(". See headrace.example.yaml.")
        for one in findings(stage, SettingsFile(file), where)
    ]


@pytest.mark.parametrize(
    ("text", "stage", "said"),
    [
        ("prod:\n  request_burst: 4999\n", "prod", "2: `request_burst`: 4999 at one moment is less than"),
        ("prod:\n  requests_per_second: 300\n  request_burst: 299\n", "prod", "3: `request_burst`: 299 at"),
        ("dev:\n  requests_per_second: 401\n", "dev", "2: `request_burst`: 400 at one moment is less than"),
        (
            "prod:\n  channel_concurrency: {email: 21, push: 30, sms: 20}\n",
            "prod",
            "2: `channel_concurrency`: email 21, push 30: `send_concurrency`, 20, counts",
        ),
        (
            "all:\n  alarms: false\n  alarm_email: ops@shop.example\n",
            "dev",
            "3: `alarm_email`: has no effect while `alarms` is false",
        ),
        (
            "prod:\n  sms_month_usd: 500\n  alarms: false\n",
            "prod",
            "2: `sms_month_usd`: has no effect while `alarms` is false",
        ),
        (
            "prod:\n  delivery_alarms: true\n  alarms: false\n",
            "prod",
            "2: `delivery_alarms`: has no effect while `alarms` is false",
        ),
        (
            "prod:\n  stream_window_seconds: 60\n",
            "prod",
            "2: `stream_window_seconds`: events that wait 60 seconds for `process` are late, and 60 are waited",
        ),
        (
            "prod:\n  stream_shards: 100\n  stream_parallelism: 10\n",
            "prod",
            "3: `stream_parallelism`: 10 on each of 100 shards are 1000 functions at once",
        ),
        (
            "prod:\n  stream_shards: 500\n",
            "prod",
            "2: `stream_parallelism`: 2 on each of 500 shards are 1000",
        ),
        (
            "dev:\n  lake_versions_days: 7\n",
            "dev",
            "2: `lake_versions_days`: has no effect while `keeps_data` is false: only what is kept has versions",
        ),
        (
            "prod:\n  keeps_data: false\n",
            "prod",
            "2: `keeps_data`: prod then loses every event, profile and key with its stack",
        ),
    ],
)
def test_what_is_said_in_vain_is_a_warning(tmp_path: Path, text: str, stage: str, said: str) -> None:
    (warning,) = found(tmp_path, text, stage)

    assert warning.startswith(f"warning {said}")


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("", "prod"),
        ("prod:\n  request_burst: 5000\n", "prod"),
        # what an account may have by default: more in the long run than at one moment
        ("prod:\n  requests_per_second: 10000\n", "prod"),
        ("prod:\n  requests_per_second: 300\n  request_burst: 300\n", "prod"),
        ("prod:\n  channel_concurrency: {email: 20}\n", "prod"),
        ("prod:\n  send_concurrency: 3\n", "prod"),
        ("all:\n  alarm_email: ops@shop.example\ndev:\n  alarms: false\n", "dev"),
        ("all:\n  alarm_email: ops@shop.example\n", "local"),
        ("all:\n  lake_versions_days: 7\n", "dev"),
        ("dev:\n  lake_versions_days: 7\n  keeps_data: true\n", "dev"),
        ("prod:\n  lake_versions_days: null\n", "prod"),
        ("prod:\n  stream_window_seconds: 59\n", "prod"),
        ("prod:\n  stream_shards: 499\n", "prod"),
        ("prod:\n  stream_parallelism: 10\n", "prod"),  # on demand, nobody knows the shards
        ("all:\n  delivery_alarms: true\ndev:\n  alarms: false\n", "dev"),
        ("prod:\n  delivery_alarms: false\n  alarms: false\n", "prod"),
    ],
)
def test_what_has_its_effect_or_is_meant_for_another_stage_is_none(
    tmp_path: Path, text: str, stage: str
) -> None:
    assert found(tmp_path, text, stage) == []


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (HERE, None),
        (Where("eu-central-1"), None),
        (Where(), None),
        (Where("us-east-1"), "is in eu-central-1, and the stack goes to us-east-1"),
        (Where("us-east-1", "1" * 12), "is in eu-central-1, and the stack goes to us-east-1"),
        (
            Where("eu-central-1", "1" * 12),
            "belongs to account 123456789012, and the stack goes to 111111111111",
        ),
    ],
)
def test_a_web_acl_is_where_the_stack_goes(tmp_path: Path, where: Where, said: str | None) -> None:
    text = f"all:\n  api: rest\nprod:\n  web_acl: {WEB_ACL}\n"

    assert found(tmp_path, text, where=where) == ([f"error 4: prod > web_acl: {said}"] if said else [])
    assert found(tmp_path, text, "dev", where) == []


def test_a_laptop_is_nowhere(tmp_path: Path) -> None:
    assert found(tmp_path, f"dev:\n  api: rest\n  web_acl: {WEB_ACL}\n", "local", Where("us-east-1")) == []


@pytest.mark.parametrize(
    ("environment", "where"),
    [
        ({}, Where()),
        # the cdk says us-east-1 where it knows neither
        ({"CDK_DEFAULT_REGION": "us-east-1"}, Where()),
        ({"CDK_DEFAULT_REGION": "eu-central-1", "CDK_DEFAULT_ACCOUNT": "123456789012"}, HERE),
    ],
)
def test_the_cdk_says_where_the_stack_goes(environment: dict[str, str], where: Where) -> None:
    assert Where.of_the_cdk(environment) == where
