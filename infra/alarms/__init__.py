"""Alarms: events at risk, events late, senders turned away, money. What each means is in docs/operating/alarms.md.

One module for each part of the path; `AlarmSet` makes them.
"""

from __future__ import annotations

from constructs import Construct

from infra.alarms.alarm_set import AlarmSet
from infra.alarms.bus import watch_rules
from infra.alarms.collect import watch_collect, watch_concurrency
from infra.alarms.functions import watch_errors
from infra.alarms.lake import watch_lateness, watch_refused_rows
from infra.alarms.process import watch_process, watch_sweep
from infra.alarms.queues import watch_dead_letters, watch_queues
from infra.alarms.send import watch_channels, watch_sms_spend
from infra.alarms.stopped import watch_stream
from infra.alarms.watch import watch_what_is_seen
from infra.gateway_throttling import GatewayThrottling
from infra.routing import Routes
from infra.settings.model import Settings
from infra.watch import Watch
from infra.watched import Watched


class Alarms(AlarmSet):
    """All alarms of the stack. `throttling` counts the requests that the gateway refuses."""

    def __init__(
        self, scope: Construct, id: str, *, of: Watched, watch: Watch, routes: Routes, settings: Settings
    ) -> None:
        super().__init__(scope, id, settings=settings)
        self.throttling = GatewayThrottling(
            self, "Throttling", access_log=of.collect.gateway.access_log, settings=settings
        )
        watch_collect(self, of.collect, self.throttling)
        watch_concurrency(self)
        watch_process(self, of.process, settings)
        watch_sweep(self, of.sweep, settings)
        watch_stream(self, stream=of.stream, process=of.process)
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
                watch.function,
                *of.send.functions.values(),
            ],
            settings,
        )
        watch_what_is_seen(self, watch, settings)
        watch_rules(self, routes)
        watch_dead_letters(self, routes)
        watch_queues(self, [of.archive.consumer, of.tee])
        watch_refused_rows(self, of.lake)
        if settings.delivery_alarms:
            watch_channels(self, of.send, settings)
            watch_lateness(self, of.lake, settings)
        watch_sms_spend(self, settings)
