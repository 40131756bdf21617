"""User.com's clients read what is wrong with each field in `errors` of a 400, and `detail` of anything else."""

from __future__ import annotations

from tests.fakes.collect_stage import Answer


def is_refusal(answer: Answer) -> bool:
    if not isinstance(answer.body, dict):
        return False
    if answer.status != 400:
        return isinstance(answer.body["detail"], str) and bool(answer.body["detail"])
    errors = answer.body["errors"]
    return bool(errors) and all(
        isinstance(messages, list) and messages and all(isinstance(one, str) and one for one in messages)
        for messages in errors.values()
    )
