"""Problem details, RFC 9457."""

from __future__ import annotations

from tests.fakes.collect_stage import Answer


def is_refusal(answer: Answer) -> bool:
    return (
        answer.headers["content-type"] == "application/problem+json"
        and answer.body["status"] == answer.status
        and bool(answer.body["title"])
        and bool(answer.body["detail"])
    )
