"""Google's shape of what is wrong with a payload."""

from __future__ import annotations

from tests.fakes.collect_stage import Answer


def is_refusal(answer: Answer) -> bool:
    if not isinstance(answer.body, dict):
        return False
    messages = answer.body["validationMessages"]
    return bool(messages) and all(
        set(one) == {"fieldPath", "description", "validationCode"} for one in messages
    )
