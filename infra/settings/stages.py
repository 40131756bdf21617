"""The settings of each stage, unless `headrace.yaml` says otherwise."""

from __future__ import annotations

from infra.settings.model import Settings
from infra.settings.push import PushCredentials

LOCAL = Settings(
    stage="local",
    messages_per_second={"email": 1_000},  # the emulator reports no sending rate
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
    delivery_alarms=False,
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
    snap_start=False,
    send_concurrency=2,
    requests_per_second=200,
    request_burst=400,
    archive_window_seconds=5,
    lake_buffer_seconds=60,
    log_days=7,
    alarms=True,
    delivery_alarms=False,
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
    stream_parallelism=2,
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
    delivery_alarms=True,
    query_cutoff_gb=1_000,
)

TARGETS: dict[str, Settings] = {settings.stage: settings for settings in (LOCAL, DEV, PROD)}
