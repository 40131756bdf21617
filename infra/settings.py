"""What differs between the targets, and nothing else: durability, size, cost.

Here are the defaults. To change one write it into `headrace.yaml` (`infra/settings_file.py`; all of them stand in
`headrace.example.yaml`) and deploy again. Prices are list prices of us-east-1 in 2026, without free tiers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, FiniteFloat, ValidationInfo, field_validator
from pydantic.dataclasses import dataclass

from infra.domain_settings import CHECKED, Domain, WebAclArn
from shared.messaging.messages import Channel
from shared.records import RETENTION

if TYPE_CHECKING:
    from aws_cdk import RemovalPolicy

Stage = Literal["local", "dev", "prod"]

LEAST_MESSAGE_LOG_DAYS, MOST_MESSAGE_LOG_DAYS = 30, 36_500
"""Twice as long as a queue, and its dead letters, keep a message; and a century, beyond which the calendar ends."""

EXAMPLE_ROUTES = Path(__file__).with_name("routes.py")

MOST_WINDOW_SECONDS = 300
"""How long Lambda gathers a batch, at most."""

MOST_STREAM_HOURS = int(RETENTION.total_seconds()) // 3600

Memory = Annotated[int, Field(ge=128, le=10_240)]
"""MB, what Lambda takes."""
Concurrency = Annotated[int, Field(ge=2, le=1_000)]
"""What an SQS source of Lambda takes."""
LogDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653]
"""What CloudWatch takes."""


def _address(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        raise ValueError("is no email address")
    return text


def _identity(text: str) -> str:
    if not re.fullmatch(r"([^@\s]+@)?[^@\s.]+(\.[^@\s.]+)+", text):
        raise ValueError("is neither a domain, such as shop.example, nor an email address")
    return text


Address = Annotated[str, AfterValidator(_address)]
Identity = Annotated[str, AfterValidator(_identity)]


@dataclass(frozen=True, kw_only=True, config=CHECKED)
class PushCredentials:
    """One SNS push application. `secret` names a secret in Secrets Manager that you made beforehand, a JSON object of
    the attributes SNS asks for: `{"PlatformCredential": ..., "PlatformPrincipal": ...}`, and for Apple's tokens also
    `ApplePlatformTeamID` and `ApplePlatformBundleID`."""

    device: Literal["android", "ios"]
    platform: Literal["GCM", "APNS", "APNS_SANDBOX"]
    secret: str | None
    """None is for the laptop: the emulator takes a placeholder."""
    revision: int = 1
    """Raise it after changing the secret's content: CloudFormation cannot see inside."""


@dataclass(frozen=True, kw_only=True, config=CHECKED)
class Settings:
    stage: Stage

    # -- durability: what a mistaken `cdk destroy` or a wrong deploy can take away
    keeps_data: bool
    """Tables, buckets, the stream and the secrets outlive the stack, and it is protected against deletion."""
    point_in_time_recovery: bool
    """Tables restorable to any second of the last 35 days: $0.20 per GB-month. Not those whose items expire within
    weeks (timeline, rejected events, the tee's log)."""
    stream_retention_hours: Annotated[int, Field(ge=24, le=MOST_STREAM_HOURS)]
    """How long an event can wait for `process`: longer than 24 costs $0.02 per shard-hour, on demand $0.10 per
    GB-month. At most 168, as long as `process` knows again what it has seen."""
    lake_days: Annotated[int, Field(ge=1)] | None = None
    """Days the lake keeps an event; None is for ever ($0.023 per GB-month)."""
    lake_versions_days: Annotated[int, Field(ge=1)] | None = None
    """Days in which an object of the lake that was deleted or written over can be brought back, where data is kept;
    None is not at all. They cost as much as objects do."""
    message_log_days: Annotated[int, Field(ge=LEAST_MESSAGE_LOG_DAYS, le=MOST_MESSAGE_LOG_DAYS)] | None = 400
    """Days the message log keeps a message after what became of it was known; None is for ever ($0.25 per GB-month,
    about 600 bytes a message). At least 30: a message that was forgotten while its queue still has it is sent again."""

    # -- size and speed
    stream_shards: Annotated[int, Field(ge=1)] | None
    """Shards of 1 MB/s in and $11 a month each; None is on demand: $29 a month and $0.08 per GB in, no capacity to
    plan. Events are packed per person, so that a shard takes thousands a second."""
    stream_window_seconds: Annotated[int, Field(ge=0, le=MOST_WINDOW_SECONDS)]
    """How long `process` waits to fill a batch of records: fewer, larger batches save table writes and invocations."""
    stream_parallelism: Annotated[int, Field(ge=1, le=10)]
    """Batches of one shard processed at once, each person's records in order."""
    collect_memory_mb: Memory
    """CPU comes with memory. Half a core answers a batch of 20 events in a few milliseconds."""
    process_memory_mb: Memory
    """1,769 MB is one whole core."""
    consumer_memory_mb: Memory
    """Of send, archive and sweep."""
    snap_start: bool
    """`collect` resumes from a snapshot instead of starting: about $2 a month at 512 MB, and $0.00007 each time."""
    send_concurrency: Concurrency
    """Most functions sending at once per channel, or forwarding (at least 2). Those of a channel with a rate share it,
    and wait for their turn: a minute of 5 of them costs $0.002."""
    channel_concurrency: Mapping[Channel, Concurrency] = field(default_factory=lambda: {"email": 5, "sms": 5})
    """The same for channels that want fewer (at least 2). Few functions share a rate evenly, and one sends about 10
    messages a second: 5 keep up with an account of 50."""
    messages_per_second: Mapping[Channel, Annotated[FiniteFloat, Field(gt=0)]] = field(
        default_factory=lambda: {"sms": 20}
    )
    """By channel, of all its functions together. Email's is your account's in SES unless it stands here, push and
    webhooks have none. For SMS it is SNS's quota, or what your number may send: a toll-free number 3 a second."""
    requests_per_second: Annotated[int, Field(ge=1)]
    """What the API lets through, in the long run, before it answers 429."""
    request_burst: Annotated[int, Field(ge=1)]
    """The same at one moment."""
    archive_window_seconds: Annotated[int, Field(ge=0, le=MOST_WINDOW_SECONDS)]
    """How long `archive` gathers packed events before it hands them to Firehose."""
    lake_buffer_seconds: Annotated[int, Field(ge=0, le=900)]
    """How long Firehose gathers rows into one Parquet object: what Athena shows is that old, and fewer, larger objects
    make each query cheaper."""

    # -- watching
    log_days: LogDays
    """Days the functions' logs are kept: $0.50 per GB written, $0.03 per GB-month."""
    alarms: bool
    """50 alarms on 73 metrics at $0.10 a month each, and a dashboard."""
    alarm_email: Address | None = None
    """Who is told; None leaves a topic to subscribe to."""
    sms_month_usd: Annotated[FiniteFloat, Field(ge=0)] = 50
    """More than this on text messages in a month raises an alarm; what stops them is the workspace's daily cap."""
    query_cutoff_gb: Annotated[int, Field(ge=1)]
    """Athena stops a query that would read more: $5 per TB."""

    # -- the outside world
    api: Literal["http", "rest"] = "http"
    """`http` costs $1.00 per million requests and may destroy gzip under a textual content type; `rest` costs $3.50,
    keeps every byte, and takes a WAF. See docs/gateways.md."""
    web_acl: WebAclArn | None = None
    """The ARN of a web ACL (WAF) of yours for the REST API, regional, in the region of the stack: $5 a month,
    $1 per rule, $0.60 per million requests."""
    domain: Domain | None = None
    """A host name of your own for `collect`: `name`, `certificate` (the ARN of one in Certificate Manager, in the
    stack's region), and where Route 53 serves it `zone_id` and `zone_name`. API Gateway's own is switched off."""
    email_identity: Identity | None = None
    """A domain (or address) that SES shall verify; None when it is verified already."""
    push: tuple[PushCredentials, ...] = ()
    """SNS's push applications: `device` android or ios, `platform` GCM, APNS or APNS_SANDBOX, `secret` the name of a
    secret with their credentials, `revision` a number to raise when its content changed."""
    private_webhooks: bool = False
    """Whether a webhook or a tee may call a private address: only where nobody else is."""
    routes: Path | None = EXAMPLE_ROUTES
    """A Python file with routes of your own, beside `headrace.yaml` (`routes: routes.py`); see the example that is used
    otherwise, infra/routes.py. None makes no routes."""

    @field_validator("web_acl")
    @classmethod
    def _has_a_rest_api(cls, web_acl: str | None, info: ValidationInfo) -> str | None:
        if web_acl is not None and info.data.get("api") != "rest":
            raise ValueError("an HTTP API takes no WAF: it needs `api: rest`")
        return web_acl

    @field_validator("web_acl", "domain")
    @classmethod
    def _is_on_aws(cls, value: object, info: ValidationInfo) -> object:
        if value is not None and info.data.get("stage") == "local":
            raise ValueError("a laptop has none")
        return value

    @field_validator("push")
    @classmethod
    def _can_be_made(
        cls, push: tuple[PushCredentials, ...], info: ValidationInfo
    ) -> tuple[PushCredentials, ...]:
        devices = [one.device for one in push]
        if len(set(devices)) < len(devices):
            raise ValueError("two applications for one kind of device")
        if info.data.get("stage") != "local" and any(one.secret is None for one in push):
            raise ValueError("on AWS each needs the `secret` that has its credentials")
        return push

    @field_validator("routes")
    @classmethod
    def _is_there(cls, routes: Path | None) -> Path | None:
        if routes is not None and not routes.is_file():
            raise ValueError(f"there is no file {routes}")
        return routes

    def concurrency(self, channel: Channel) -> int:
        """Most functions of the channel that send at once."""
        return min(self.send_concurrency, self.channel_concurrency.get(channel, self.send_concurrency))

    @property
    def on_aws(self) -> bool:
        return self.stage != "local"

    # The CDK's own words are imported late: whoever only reads settings need not wait for its Node to start.
    @property
    def removal(self) -> RemovalPolicy:
        """Of tables, buckets, the stream and the secrets. What is kept goes again if its first deployment fails."""
        from aws_cdk import RemovalPolicy

        return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if self.keeps_data else RemovalPolicy.DESTROY


LOCAL = Settings(
    stage="local",
    messages_per_second={"email": 1_000},  # the emulator's account says nothing of a rate
    keeps_data=False,
    point_in_time_recovery=False,
    stream_retention_hours=24,
    stream_shards=2,
    stream_window_seconds=0,
    stream_parallelism=1,
    collect_memory_mb=512,
    process_memory_mb=512,
    consumer_memory_mb=512,
    snap_start=False,
    send_concurrency=2,
    requests_per_second=1_000,
    request_burst=2_000,
    archive_window_seconds=0,
    lake_buffer_seconds=0,
    log_days=1,
    alarms=False,
    query_cutoff_gb=1,
    push=(
        PushCredentials(device="android", platform="GCM", secret=None),
        PushCredentials(device="ios", platform="APNS", secret=None),
    ),
    private_webhooks=True,
)

DEV = Settings(
    stage="dev",
    keeps_data=False,
    point_in_time_recovery=False,
    stream_retention_hours=24,
    lake_days=90,
    stream_shards=1,
    stream_window_seconds=1,
    stream_parallelism=1,
    collect_memory_mb=512,
    process_memory_mb=1_024,
    consumer_memory_mb=512,
    snap_start=True,
    send_concurrency=2,
    requests_per_second=200,
    request_burst=400,
    archive_window_seconds=5,
    lake_buffer_seconds=60,
    log_days=7,
    alarms=True,
    query_cutoff_gb=10,
)

PROD = Settings(
    stage="prod",
    keeps_data=True,
    point_in_time_recovery=True,
    stream_retention_hours=7 * 24,
    lake_versions_days=30,
    stream_shards=None,
    stream_window_seconds=1,
    stream_parallelism=4,
    collect_memory_mb=512,
    process_memory_mb=1_769,
    consumer_memory_mb=512,
    snap_start=True,
    send_concurrency=20,
    requests_per_second=5_000,
    request_burst=5_000,
    archive_window_seconds=10,
    lake_buffer_seconds=300,
    log_days=30,
    alarms=True,
    query_cutoff_gb=1_000,
)

TARGETS: dict[str, Settings] = {settings.stage: settings for settings in (LOCAL, DEV, PROD)}
