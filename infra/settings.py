"""What differs between the targets, and nothing else: durability, size, cost. Change a number here and deploy again.

Prices are list prices of us-east-1 in 2026, without free tiers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from aws_cdk import RemovalPolicy
from aws_cdk.aws_logs import RetentionDays

from shared.messages import Channel

Stage = Literal["local", "dev", "prod"]

LEAST_MESSAGE_LOG_DAYS, MOST_MESSAGE_LOG_DAYS = 30, 36_500
"""Twice as long as a queue, and its dead letters, keep a message; and a century, beyond which the calendar ends."""


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
class Settings:
    stage: Stage

    # -- durability: what a mistaken `cdk destroy` or a wrong deploy can take away
    removal: RemovalPolicy
    """Of tables, buckets, the stream and the secret. Whatever is kept is also protected against deletion."""
    point_in_time_recovery: bool
    """Every table restorable to any second of the last 35 days: $0.20 per GB-month."""
    stream_retention_hours: int
    """How long an event can wait for `process`: longer than 24 costs $0.02 per shard-hour, on demand $0.10 per
    GB-month. At most `shared.records.RETENTION`, as long as `process` knows again what it has seen."""
    lake_days: int | None = None
    """Days the lake keeps an event; None is for ever ($0.023 per GB-month)."""
    message_log_days: int | None = 400
    """Days the message log keeps a message after what became of it was known; None is for ever ($0.25 per GB-month,
    about 600 bytes a message). At least 30: a message that was forgotten while its queue still has it is sent again."""

    # -- size and speed
    stream_shards: int | None
    """Shards of 1 MB/s in and $11 a month each; None is on demand: $29 a month and $0.08 per GB in, no capacity to
    plan. Events are packed per person, so that a shard takes thousands a second."""
    stream_window_seconds: int
    """How long `process` waits to fill a batch of records: fewer, larger batches save table writes and invocations."""
    stream_parallelism: int
    """Batches of one shard processed at once, each person's records in order."""
    collect_memory_mb: int
    """CPU comes with memory. Half a core answers a batch of 20 events in a few milliseconds."""
    process_memory_mb: int
    """1,769 MB is one whole core."""
    consumer_memory_mb: int
    """Of send, archive and sweep."""
    snap_start: bool
    """`collect` resumes from a snapshot instead of starting: about $2 a month at 512 MB, and $0.00007 each time."""
    send_concurrency: int
    """Most functions sending at once per channel, or forwarding (at least 2). Those of a channel with a rate share it,
    and wait for their turn: a minute of 5 of them costs $0.002."""
    channel_concurrency: Mapping[Channel, int] = field(default_factory=lambda: {"email": 5, "sms": 5})
    """The same for channels that want fewer (at least 2). Few functions share a rate evenly, and one sends about 10
    messages a second: 5 keep up with an account of 50."""
    messages_per_second: Mapping[Channel, float] = field(default_factory=lambda: {"sms": 20})
    """By channel, of all its functions together. Email's is your account's in SES unless it stands here, push and
    webhooks have none. For SMS it is SNS's quota, or what your number may send: a toll-free number 3 a second."""
    requests_per_second: int
    request_burst: int
    """What the API lets through before it answers 429."""
    archive_window_seconds: int
    """How long `archive` gathers packed events before it hands them to Firehose."""
    lake_buffer_seconds: int
    """How long Firehose gathers rows into one Parquet object: what Athena shows is that old, and fewer, larger objects
    make each query cheaper."""

    # -- watching
    log_retention: RetentionDays
    alarms: bool
    """33 alarms on 45 metrics at $0.10 a month each."""
    alarm_email: str | None = None
    """Who is told; None leaves a topic to subscribe to."""
    sms_month_usd: float = 50
    """More than this on text messages in a month raises an alarm; what stops them is the workspace's daily cap."""
    query_cutoff_gb: int
    """Athena stops a query that would read more: $5 per TB."""

    # -- the outside world
    email_identity: str | None = None
    """A domain (or address) that SES shall verify; None when it is verified already."""
    push: tuple[PushCredentials, ...] = ()
    private_webhooks: bool = False
    """Whether a webhook or a tee may call a private address: only where nobody else is."""

    def __post_init__(self) -> None:
        days = self.message_log_days
        if days is not None and not LEAST_MESSAGE_LOG_DAYS <= days <= MOST_MESSAGE_LOG_DAYS:
            raise ValueError(
                f"message_log_days is {LEAST_MESSAGE_LOG_DAYS} to {MOST_MESSAGE_LOG_DAYS}, or None"
            )
        for channel, rate in self.messages_per_second.items():
            if not 0 < rate < float("inf"):
                raise ValueError(f"messages_per_second of {channel} is no number above 0")

    def concurrency(self, channel: Channel) -> int:
        """Most functions of the channel that send at once."""
        return min(self.send_concurrency, self.channel_concurrency.get(channel, self.send_concurrency))

    @property
    def on_aws(self) -> bool:
        return self.stage != "local"

    @property
    def keeps_data(self) -> bool:
        return self.removal is RemovalPolicy.RETAIN


LOCAL = Settings(
    stage="local",
    messages_per_second={"email": 1_000},  # the emulator's account says nothing of a rate
    removal=RemovalPolicy.DESTROY,
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
    log_retention=RetentionDays.ONE_DAY,
    alarms=False,
    query_cutoff_gb=1,
    email_identity="shop.example",  # the sample's sender: the emulator refuses others, and delivers to nobody anyway
    push=(
        PushCredentials(device="android", platform="GCM", secret=None),
        PushCredentials(device="ios", platform="APNS", secret=None),
    ),
    private_webhooks=True,
)

DEV = Settings(
    stage="dev",
    removal=RemovalPolicy.DESTROY,
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
    log_retention=RetentionDays.ONE_WEEK,
    alarms=True,
    query_cutoff_gb=10,
)

PROD = Settings(
    stage="prod",
    removal=RemovalPolicy.RETAIN,
    point_in_time_recovery=True,
    stream_retention_hours=7 * 24,
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
    log_retention=RetentionDays.ONE_MONTH,
    alarms=True,
    query_cutoff_gb=1_000,
)

TARGETS: dict[str, Settings] = {settings.stage: settings for settings in (LOCAL, DEV, PROD)}


def target(stage: str) -> Settings:
    """Raises ValueError for a stage that does not exist."""
    if stage not in TARGETS:
        raise ValueError(f"there is no stage {stage}; there are {', '.join(TARGETS)}")
    return TARGETS[stage]
