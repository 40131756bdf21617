"""Alarms on events that are late or lost on the stream, and on late timers."""

from __future__ import annotations

from infra.alarms.alarm_set import AlarmSet
from infra.alarms.watch import watch_schedule
from infra.metrics import MAXIMUM, MINUTE, SUM, metric, namespace
from infra.process import Process
from infra.settings.bounds import LATE_SECONDS
from infra.settings.model import Settings
from infra.sweep import Sweep

TIMERS_LATE_SECONDS = 5 * 60
"""Seconds. If a due timer was not sent for longer than this, it is late."""


def watch_process(alarms: AlarmSet, process: Process, settings: Settings) -> None:
    function = process.function.function
    alarms.add(
        "EventsLate",
        function.metric("IteratorAge", statistic=MAXIMUM, period=MINUTE),
        "Events wait too long on the stream: profiles and messages are behind.",
        over=LATE_SECONDS * 1000,
        minutes=(5, 5),
    )
    alarms.add(
        "EventsGivenUp",
        metric(
            "AWS/Lambda",
            "OnFailureDestinationDeliveredEventCount",
            SUM,
            EventSourceMappingUUID=process.source.event_source_mapping_id,
        ),
        "Records failed for hours and were set aside in the bucket of given-up records.",
    )
    alarms.add(
        "EventsNotSetAside",
        function.metric("DestinationDeliveryFailures", statistic=SUM, period=MINUTE),
        "Records failed for hours, and could not even be written to the bucket of given-up records.",
    )
    alarms.add(
        "OlderWorkspace",
        metric(namespace(settings), "process_older_workspace", SUM, service=process.function.name),
        "Events are processed with an older workspace: the one they were collected with cannot be read.",
    )


def watch_sweep(alarms: AlarmSet, sweep: Sweep, settings: Settings) -> None:
    alarms.add(
        "TimersLate",
        metric(namespace(settings), "sweep_behind", MAXIMUM, service=sweep.function.name),
        "People whose time has come are not woken: sessions, delays and whatever waits is late.",
        over=TIMERS_LATE_SECONDS,
        minutes=(3, 5),
    )
    watch_schedule(alarms, "SweepNotCalled", sweep.function, minutes=5)
