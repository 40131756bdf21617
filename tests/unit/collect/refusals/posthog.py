"""posthog-python tells its user what `detail` says."""

from __future__ import annotations

from tests.fakes.collect_stage import Answer

TYPES = {"authentication_error", "server_error", "throttled_error", "validation_error"}


def is_refusal(answer: Answer) -> bool:
    return (
        isinstance(answer.body, dict)
        and answer.body["type"] in TYPES
        and isinstance(answer.body["code"], str)
        and isinstance(answer.body["detail"], str)
        and (answer.body["attr"] is None or isinstance(answer.body["attr"], str))
    )
