"""Where the emulator's answers differ from AWS's, corrected in its process before it starts.

Each correction wraps one function of the pinned version by name; a version that renames it fails at start.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from ministack.services import apigateway, eventbridge, scheduler

from cli.laptop import pollers
from cli.laptop.athena_text import write_as_athena_does
from cli.laptop.parquet import convert_at_once

MINUTE_ON_THE_LAPTOP = 5
"""Seconds between two falls of a schedule of one minute: nobody wants to watch a demonstration for a minute."""


class _Preflight(str):
    """An OPTIONS that does not look like one where the emulator would answer it without asking the API's function."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return other != "OPTIONS" and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other


def apply() -> None:
    """All of them, once per process."""
    _route_preflights()
    _keep_bodies()
    _hasten_schedules()
    convert_at_once()
    write_as_athena_does()
    pollers.correct()


def _route_preflights() -> None:
    """AWS answers OPTIONS itself only for an API with CORS settings; otherwise it goes to its route."""
    handle = apigateway._handle_execute_in_scope

    async def handle_preflight_too(
        api_id: str, stage: str, path: str, method: str, *rest: Any, **named: Any
    ) -> Any:
        api = apigateway._apis.get(api_id) or {}
        if method == "OPTIONS" and not api.get("corsConfiguration"):
            method = _Preflight(method)
        return await handle(api_id, stage, path, method, *rest, **named)

    apigateway._handle_execute_in_scope = handle_preflight_too


def _keep_bodies() -> None:
    """The emulator takes a body of a textual content type for UTF-8; gzip or Latin-1 under such a type must arrive."""
    is_binary: ContextVar[bool] = ContextVar("is_binary", default=False)
    is_text = apigateway._v2_request_body_is_text
    invoke = apigateway._invoke_lambda_proxy

    def is_text_and_not_binary(content_type: str | None) -> bool:
        return not is_binary.get() and bool(is_text(content_type))

    async def invoke_with_its_body(
        integration: Any,
        api_id: str,
        stage: str,
        path: str,
        method: str,
        headers: dict[str, str],
        body: bytes,
        *rest: Any,
        **named: Any,
    ) -> Any:
        token = is_binary.set("content-encoding" in headers or not _is_utf8(body))
        try:
            return await invoke(integration, api_id, stage, path, method, headers, body, *rest, **named)
        finally:
            is_binary.reset(token)

    apigateway._v2_request_body_is_text = is_text_and_not_binary
    apigateway._invoke_lambda_proxy = invoke_with_its_body


def _hasten_schedules() -> None:
    """`rate(1 minute)` falls every few seconds, and the clock is looked at every second instead of every ten."""
    seconds_of = eventbridge._parse_rate_seconds

    def hastened_seconds_of(expression: str) -> int | None:
        return MINUTE_ON_THE_LAPTOP if expression == "rate(1 minute)" else seconds_of(expression)

    eventbridge._parse_rate_seconds = hastened_seconds_of
    eventbridge._SCHEDULER_TICK_INTERVAL = 1
    scheduler._SCHEDULE_TICK_INTERVAL = 1


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
