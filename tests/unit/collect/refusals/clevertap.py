"""The npm client reads JSON whatever happens; RudderStack's destination looks at `status`."""

from __future__ import annotations

from tests.fakes.collect_stage import Answer


def is_refusal(answer: Answer) -> bool:
    return (
        isinstance(answer.body, dict)
        and answer.body["status"] == "fail"
        and answer.body["code"] == answer.status
        and isinstance(answer.body["error"], str)
        and bool(answer.body["error"])
    )
