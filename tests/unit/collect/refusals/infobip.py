"""A problem with numbered errors where the batch is concerned, Infobip's `requestError` everywhere else."""

from __future__ import annotations

from tests.fakes.collect_stage import Answer


def is_refusal(answer: Answer) -> bool:
    body = answer.body
    if not isinstance(body, dict):
        return False
    if "errors" in body:
        return (
            body["status"] == answer.status and bool(body["traceId"]) and all(map(_is_error, body["errors"]))
        )
    said = body["requestError"]["serviceException"]
    return (
        isinstance(said["messageId"], str)
        and isinstance(said["text"], str)
        and isinstance(said["validationErrors"], dict)
    )


def _is_error(error: object) -> bool:
    return (
        isinstance(error, dict)
        and isinstance(error["index"], int)
        and isinstance(error["code"], int)
        and isinstance(error["message"], str)
        and all(set(detail) == {"property", "message"} for detail in error.get("details", []))
    )
