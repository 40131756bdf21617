"""What `watch` has seen: work that stands still, dead letters, missing records. And whether the two schedules run."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.alarms.alarm_set import AlarmSet
from infra.metrics import MAXIMUM, MINUTE, metric, namespace
from infra.python_function import PythonFunction
from infra.settings.model import Settings
from infra.watch import EVERY, Watch


def watch_what_is_seen(alarms: AlarmSet, watch: Watch, settings: Settings) -> None:
    """A look may fall just before a period's end and the next one just behind the following one's, so that a period has
    none: more periods are watched than have to be over."""
    alarms.add(
        "WorkStopped",
        _seen(watch, "watch_stopped", settings),
        "A rule, a consumer or a queue takes no work any more; `headrace doctor` says which.",
        minutes=(2, 4),
    )
    alarms.add(
        "DeadLetters",
        _seen(watch, "watch_dead_letters", settings),
        "Something could not be done after several attempts; `headrace deadletters list` says what, and why.",
        minutes=(1, 2),
    )
    if settings.delivery_alarms:
        alarms.add(
            "RecordsMissing",
            _seen(watch, "watch_missing", settings),
            "Nobody says what became of records that were put on the stream; `headrace ledger` names them.",
        )
    watch_schedule(alarms, "WatchNotCalled", watch.function, minutes=3 * int(EVERY.to_minutes()))


def watch_schedule(alarms: AlarmSet, id: str, function: PythonFunction, *, minutes: int) -> None:
    """A function that is not started counts nothing and fails nowhere. `minutes` it may say nothing."""
    alarms.add_silence(
        id,
        function.function.metric_invocations(period=MINUTE),
        "The schedule does not call the function: what it looks after is not looked after.",
        minutes=minutes,
    )


def _seen(watch: Watch, name: str, settings: Settings) -> cloudwatch.Metric:
    return metric(namespace(settings), name, MAXIMUM, service=watch.function.name).with_(period=EVERY)
