"""The settings that differ between the stages: durability, size and cost.

Their defaults are in `stages.py`. To change one, write it into `headrace.yaml` (read by `file.py`;
`headrace.example.yaml` lists every setting) and deploy again. Prices are list prices of us-east-1 in 2026, without free
tiers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, FiniteFloat, ValidationInfo, field_validator
from pydantic.dataclasses import dataclass

from infra.settings.bounds import (
    LEAST_MESSAGE_LOG_DAYS,
    MOST_MESSAGE_LOG_DAYS,
    MOST_SHARDS,
    MOST_STREAM_HOURS,
    MOST_WINDOW_SECONDS,
    Address,
    Concurrency,
    Identity,
    LogDays,
    Memory,
    Stage,
)
from infra.settings.capacity import Capacity, TableName
from infra.settings.domain import CHECKED, Domain, WebAclArn
from infra.settings.push import PushCredentials
from shared.messaging.channels import Queue

if TYPE_CHECKING:
    from aws_cdk import RemovalPolicy

EXAMPLE_ROUTES = Path(__file__).parents[1] / "routes.py"


@dataclass(frozen=True, kw_only=True, config=CHECKED)
class Settings:
    """Of one stage; every field is described below it, with its unit and its price."""

    stage: Stage

    # -- durability: what a mistaken `cdk destroy` or a wrong deployment can delete
    keeps_data: bool
    """Tables, buckets, the stream and the secrets survive the stack, and the stack is protected from deletion."""
    point_in_time_recovery: bool
    """Tables can be restored to any second of the last 35 days: $0.20 per GB-month. Tables whose items expire within
    weeks are left out (timeline, rejected events, the tee's log)."""
    stream_retention_hours: Annotated[int, Field(ge=24, le=MOST_STREAM_HOURS)]
    """How long an event can wait for `process`. More than 24 costs $0.02 per shard-hour, on demand $0.10 per GB-month.
    At most 168, because `process` recognises duplicates for that long."""
    lake_days: Annotated[int, Field(ge=1)] | None = None
    """Days that the lake keeps an event; None keeps it forever ($0.023 per GB-month)."""
    lake_versions_days: Annotated[int, Field(ge=1)] | None = None
    """Days for which deleted or overwritten objects of the lake can be restored, with `keeps_data`; None keeps none.
    They cost as much as other objects."""
    message_log_days: Annotated[int, Field(ge=LEAST_MESSAGE_LOG_DAYS, le=MOST_MESSAGE_LOG_DAYS)] | None = 400
    """Days that the message log keeps a message after its outcome is known; None keeps it forever ($0.25 per GB-month,
    about 600 bytes a message). At least 30, because a message that the log has forgotten, but its queue still has, is
    sent again."""

    # -- size and speed
    stream_shards: Annotated[int, Field(ge=1, le=MOST_SHARDS)] | None
    """Shards of 1 MB/s and $11 a month each. None is on demand: $29 a month and $0.08 per GB in, with no capacity to
    plan. Events are packed per person, so a shard takes thousands a second."""
    stream_window_seconds: Annotated[int, Field(ge=0, le=MOST_WINDOW_SECONDS)]
    """How long `process` waits to fill a batch of records. Fewer, larger batches save table writes and invocations, and
    messages leave later: 5 seconds cost about 20 % less than 1 at 100 events a second of different people."""
    stream_parallelism: Annotated[int, Field(ge=1, le=10)]
    """How many batches of one shard are processed at once. Each person's records stay in order. Fewer make fuller
    batches; more catch up sooner after a failure, which holds up one of them: keep each less than half busy
    (docs/operating/growing.md)."""
    table_capacity: Mapping[TableName, Capacity] = field(default_factory=dict)
    """By table, its capacity in units a second: `{profiles: {least_writes: 25, most_writes: 1000, least_reads: 25,
    most_reads: 500}}`. The others are on demand: $0.625 per million write units, $0.125 per million read units, and no
    capacity to plan. Capacity costs $0.47 a month for each write unit a second and $0.095 for each read unit, about
    $0.26 and $0.05 per million at the 70 % that DynamoDB aims for, and $0.80 for the alarms by which it scales a table
    or an index. See docs/operating/growing.md."""
    collect_memory_mb: Memory
    """CPU comes with memory. Half a core answers a batch of 20 events in a few milliseconds."""
    process_memory_mb: Memory
    """1,769 MB is one whole core."""
    consumer_memory_mb: Memory
    """Memory of send, archive and sweep."""
    snap_start: bool
    """`collect` resumes from a snapshot instead of starting: about $2 a month at 512 MB, and $0.00007 each time.
    Without it a request after a pause waits a second longer, and a deployment takes some minutes less."""
    send_concurrency: Concurrency
    """The maximum number of functions that send at once per channel, or forward for a tee (at least 2). The functions
    of a channel with a rate share it and wait for their turn; a minute of 5 waiting functions costs $0.002."""
    channel_concurrency: Mapping[Queue, Concurrency] = field(default_factory=lambda: {"email": 5, "sms": 5})
    """The same maximum for channels that need fewer (at least 2). A few functions share a rate evenly, and one sends
    about 10 messages a second: 5 keep up with an account's rate of 50."""
    messages_per_second: Mapping[Queue, Annotated[FiniteFloat, Field(gt=0)]] = field(
        default_factory=lambda: {"sms": 20}
    )
    """The rate of a channel, for all its functions together. Email uses your account's rate in SES unless you set one;
    push and webhooks have none. For SMS it is SNS's quota, or the rate of your number: 3 a second for a toll-free
    number."""
    requests_per_second: Annotated[int, Field(ge=1)]
    """The sustained rate of requests that the API accepts before it answers 429."""
    request_burst: Annotated[int, Field(ge=1)]
    """The number of requests that the API accepts at one moment."""
    archive_window_seconds: Annotated[int, Field(ge=0, le=MOST_WINDOW_SECONDS)]
    """How long `archive` collects packed events before it passes them to Firehose."""
    lake_buffer_seconds: Annotated[int, Field(ge=0, le=900)]
    """How long Firehose collects rows for one Parquet object. Athena's results lag by this time; fewer, larger objects
    make each query cheaper."""

    # -- watching
    log_days: LogDays
    """Days for which the functions' logs are kept: $0.50 per GB written, $0.03 per GB-month."""
    alarms: bool
    """Alarms at $0.10 a month for each metric, a dashboard, and the function `watch`."""
    delivery_alarms: bool
    """Alarms also on what leaves late: messages of a channel, rows on their way to the lake. 18 metrics, $1.80 a
    month."""
    alarm_email: Address | None = None
    """The address that alarms notify. Without it, subscribe to the topic yourself."""
    sms_month_usd: Annotated[FiniteFloat, Field(ge=0)] = 50
    """An alarm goes off when text messages cost more than this in a month. It does not stop them; the workspace's daily
    cap does."""
    query_cutoff_gb: Annotated[int, Field(ge=1)]
    """Athena stops a query that reads more than this: $5 per TB."""

    # -- the outside world
    api: Literal["http", "rest"] = "http"
    """`http` costs $1.00 per million requests and may destroy gzip under a textual content type; `rest` costs $3.50,
    keeps every byte, and supports a WAF. See docs/gateways.md."""
    web_acl: WebAclArn | None = None
    """The ARN of your web ACL (WAF) for the REST API. It must be regional and in the stack's region: $5 a month, $1 per
    rule, $0.60 per million requests."""
    domain: Domain | None = None
    """Your own host name for `collect`: `name`, `certificate` (its ARN in Certificate Manager, in the stack's region),
    and, if Route 53 serves the domain, `zone_id` and `zone_name`. API Gateway's own name is switched off."""
    email_identity: Identity | None = None
    """A domain (or address) for SES to verify; None if it is already verified."""
    push: tuple[PushCredentials, ...] = ()
    """SNS's push applications: `device` is android or ios, `platform` is GCM, APNS or APNS_SANDBOX, `secret` is the
    name of the secret with their credentials, and `revision` is a number to raise when its content changes."""
    private_webhooks: bool = False
    """Whether a webhook or a tee may call a private address. Only allow it where nobody else runs services."""
    routes: Path | None = EXAMPLE_ROUTES
    """A Python file with your own routes, beside `headrace.yaml` (`routes: routes.py`). The default is the example,
    infra/routes.py. None creates no routes."""

    @field_validator("web_acl")
    @classmethod
    def _has_a_rest_api(cls, web_acl: str | None, info: ValidationInfo) -> str | None:
        if web_acl is not None and info.data.get("api") != "rest":
            raise ValueError("an HTTP API does not support a WAF: set `api: rest`")
        return web_acl

    @field_validator("web_acl", "domain", "table_capacity")
    @classmethod
    def _is_on_aws(cls, value: object, info: ValidationInfo) -> object:
        if value and info.data.get("stage") == "local":
            raise ValueError("is not available on the laptop")
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
            raise ValueError("on AWS each application needs a `secret` with its credentials")
        return push

    @field_validator("routes")
    @classmethod
    def _is_there(cls, routes: Path | None) -> Path | None:
        if routes is not None and not routes.is_file():
            raise ValueError(f"there is no file {routes}")
        return routes

    def concurrency(self, channel: Queue) -> int:
        """The maximum number of functions of the channel that send at once."""
        return min(self.send_concurrency, self.channel_concurrency.get(channel, self.send_concurrency))

    @property
    def on_aws(self) -> bool:
        return self.stage != "local"

    # The CDK is imported late, so that code that only reads settings does not wait for its Node process to start.
    @property
    def removal(self) -> RemovalPolicy:
        """The removal policy of tables, buckets, the stream and the secrets. Even kept ones are removed if the first
        deployment fails."""
        from aws_cdk import RemovalPolicy

        return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if self.keeps_data else RemovalPolicy.DESTROY
