"""AWS clients take an error's name from a header, and its sentence from `Message`."""

from __future__ import annotations

from tests.fakes.collect_stage import Answer

NAMES = {
    400: "BadRequestException",
    403: "ForbiddenException",
    404: "NotFoundException",
    405: "MethodNotAllowedException",
    413: "PayloadTooLargeException",
    429: "TooManyRequestsException",
    503: "InternalServerErrorException",
}


def is_refusal(answer: Answer) -> bool:
    return (
        answer.headers["x-amzn-errortype"] == NAMES[answer.status]
        and isinstance(answer.body, dict)
        and set(answer.body) == {"Message", "RequestID"}
        and bool(answer.body["Message"])
        and answer.body["RequestID"] == answer.headers["x-amzn-requestid"]
    )
