"""RudderStack's SDKs send again whatever JSON lacks one of these."""

from __future__ import annotations

from tests.fakes.collect_stage import Answer


def is_refusal(answer: Answer) -> bool:
    return (
        isinstance(answer.body, dict)
        and answer.body["success"] is False
        and isinstance(answer.body["code"], str)
        and isinstance(answer.body["message"], str)
    )
