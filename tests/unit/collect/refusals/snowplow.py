"""Trackers read the status alone, and send again whatever is none of `FINAL`."""

from __future__ import annotations

from tests.fakes.collect_stage import Answer

FINAL = {400, 401, 403, 410, 422}
NOT_A_TRACKERS = {404, 405}
"""Another path or method than a tracker has."""


def is_refusal(answer: Answer) -> bool:
    return (
        answer.status in FINAL | NOT_A_TRACKERS
        and isinstance(answer.body, dict)
        and isinstance(answer.body["error"], str)
        and isinstance(answer.body["message"], str)
    )
