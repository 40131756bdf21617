"""Alarms: events at risk, events late, senders turned away, money. What each means is in docs/operating/alarms.md.

One module for each part of the path; `AlarmSet` makes them.
"""

from __future__ import annotations

from constructs import Construct

from infra.alarms.alarm_set import AlarmSet
from infra.alarms.bus import watch_rules
from infra.alarms.collect import watch_collect, watch_concurrency
from infra.alarms.functions import watch_errors
from infra.alarms.lake import watch_lake
from infra.alarms.process import watch_process, watch_sweep
from infra.alarms.queues import watch_dead_letters, watch_queues
from infra.alarms.send import watch_channels, watch_sms_spend
from infra.alarms.stopped import watch_deliveries, watch_streams
from infra.gateway_throttling import GatewayThrottling
from infra.settings import Settings
from infra.watched import Watched


class Alarms(AlarmSet):
    """`throttling` counts what the gateway turns away."""

    def __init__(self, scope: Construct, id: str, *, of: Watched, settings: Settings) -> None:
        super().__init__(scope, id, settings=settings)
        self.throttling = GatewayThrottling(
            self, "Throttling", access_log=of.collect.gateway.access_log, settings=settings
        )
        watch_collect(self, of.collect, self.throttling)
        watch_concurrency(self)
        watch_process(self, of.process)
        watch_sweep(self, of.sweep, settings)
        watch_streams(self, stream=of.stream, process=of.process, tables=of.tables, archive=of.archive)
        watch_deliveries(
            self,
            process=of.process,
            archive=of.archive.consumer,
            channels=of.send.consumers,
            settings=settings,
        )
        watch_errors(
            self,
            [
                of.collect.function,
                of.collect.replay,
                of.collect.define,
                of.process.function,
                of.sweep.function,
                of.archive.function,
                of.tee.function,
                *of.send.functions.values(),
            ],
        )
        watch_rules(self)
        watch_queues(self, [of.archive.consumer, of.tee])
        watch_channels(self, [*of.send.consumers.values()])
        watch_dead_letters(self)
        watch_lake(self, of.lake, settings)
        watch_sms_spend(self, settings)
