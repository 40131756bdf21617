"""What is wrong or unwise in settings that are each valid: ones that contradict each other, and ARNs of elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from infra.placement import Where
from infra.settings.bounds import LATE_SECONDS
from infra.settings.file import EXAMPLE, SettingsFile
from infra.settings.model import Settings
from shared.authoring.findings import Finding, Path, Place, Severity

ACCOUNT_FUNCTIONS = 1_000
"""What an account may run at once until it asks for more, in most regions."""

ACCOUNT_BURST = 5_000
"""What AWS lets through at one moment, in most regions, whatever the long run is."""


class Contradiction(NamedTuple):
    """`of` is the setting that is said in vain, in a file that names it or `or_of`; `found` says why, or None."""

    of: str
    found: Callable[[Settings], str | None]
    or_of: str | None = None


def _burst(settings: Settings) -> str | None:
    burst, rate = settings.request_burst, settings.requests_per_second
    if burst >= min(rate, ACCOUNT_BURST):
        return None
    return f"{burst} at one moment is less than `requests_per_second`, {rate}: what comes together is turned away"


def _concurrency(settings: Settings) -> str | None:
    beyond = [
        f"{channel} {most}"
        for channel, most in settings.channel_concurrency.items()
        if most > settings.send_concurrency
    ]
    return f"{', '.join(beyond)}: `send_concurrency`, {settings.send_concurrency}, counts" if beyond else None


def _window(settings: Settings) -> str | None:
    window = settings.stream_window_seconds
    if window < LATE_SECONDS:
        return None
    return (
        f"events that wait {LATE_SECONDS} seconds for `process` are late, and {window} are waited for a batch"
    )


def _lanes(settings: Settings) -> str | None:
    shards, lanes = settings.stream_shards, settings.stream_parallelism
    if shards is None or shards * lanes < ACCOUNT_FUNCTIONS:
        return None
    return (
        f"{lanes} on each of {shards} shards are {shards * lanes} functions at once: an account begins with "
        f"{ACCOUNT_FUNCTIONS}, for all of its functions"
    )


def _where_nobody_is_told(of: Callable[[Settings], object]) -> Callable[[Settings], str | None]:
    return lambda settings: (
        None if settings.alarms or of(settings) is None else "has no effect while `alarms` is false"
    )


CONTRADICTIONS = (
    Contradiction("request_burst", _burst, or_of="requests_per_second"),
    Contradiction("channel_concurrency", _concurrency),
    Contradiction("stream_window_seconds", _window),
    Contradiction("stream_parallelism", _lanes, or_of="stream_shards"),
    Contradiction("alarm_email", _where_nobody_is_told(lambda settings: settings.alarm_email)),
    Contradiction(
        "delivery_alarms", _where_nobody_is_told(lambda settings: settings.delivery_alarms or None)
    ),
    Contradiction("sms_month_usd", _where_nobody_is_told(lambda settings: settings.sms_month_usd)),
    Contradiction(
        "lake_versions_days",
        lambda settings: (
            None
            if settings.keeps_data or settings.lake_versions_days is None
            else "has no effect while `keeps_data` is false: only what is kept has versions"
        ),
    ),
    Contradiction(
        "keeps_data",
        lambda settings: (
            "prod then loses every event, profile and key with its stack"
            if settings.stage == "prod" and not settings.keeps_data
            else None
        ),
    ),
)


def findings(stage: str, file: SettingsFile, where: Where) -> list[Finding]:
    """Errors for what cannot be deployed there, warnings for what is said in vain. Raises NotUsable."""
    in_force = file.in_force()
    on_aws = [settings for settings in in_force.values() if settings.on_aws]
    found = [*_misplaced(in_force[stage], file, where)] if in_force[stage].on_aws else []
    for one in CONTRADICTIONS:
        for name in filter(None, (one.of, one.or_of)):
            path = file.written(stage, (name,))
            message = one.found(in_force[stage])
            if message is None or file.line(stage, name) is None:
                continue
            if path[0] == stage or all(
                map(one.found, on_aws)
            ):  # what `all` says may be meant for another stage
                found.append(_finding(file, stage, (name,), "warning", f"`{one.of}`: {message}"))
                break
    return sorted(found)


def _misplaced(settings: Settings, file: SettingsFile, where: Where) -> Iterator[Finding]:
    named: list[tuple[Path, str | None]] = [
        (("web_acl",), settings.web_acl),
        (("domain", "certificate"), settings.domain.certificate if settings.domain else None),
    ]
    for path, arn in named:
        if arn and (reason := where.refuses(arn)):
            named_as = " > ".join(map(str, (settings.stage, *path)))
            yield _finding(file, settings.stage, path, "error", f"{named_as}: {reason}")


def _finding(file: SettingsFile, stage: str, path: Path, severity: Severity, message: str) -> Finding:
    place = Place(file.name, file.line_of(file.written(stage, path)))
    return Finding(place, "settings", severity, message, f"See {EXAMPLE}.")
