"""Netmera's clients read `error`, a sentence, and `code`, a number."""

from __future__ import annotations

from tests.fakes.collect_stage import Answer


def is_refusal(answer: Answer) -> bool:
    return (
        isinstance(answer.body, dict)
        and isinstance(answer.body["error"], str)
        and bool(answer.body["error"])
        and isinstance(answer.body["code"], int)
    )
