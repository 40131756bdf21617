"""mParticle's list of errors; its identity API spells it otherwise."""

from __future__ import annotations

from typing import Any

from tests.fakes.collect_stage import Answer


def is_refusal(answer: Answer) -> bool:
    body = answer.body
    if not isinstance(body, dict):
        return False
    if "Errors" in body:
        return (
            set(body) == {"Errors", "ErrorCode", "StatusCode", "RequestId"}
            and isinstance(body["ErrorCode"], str)
            and body["StatusCode"] == answer.status
            and _are_errors(body["Errors"])
        )
    return set(body) == {"errors"} and _are_errors(body["errors"])


def _are_errors(said: Any) -> bool:
    return bool(said) and all(
        set(one) == {"code", "message"} and isinstance(one["code"], str) and one["message"] for one in said
    )
