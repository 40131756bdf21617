"""What an answer of each wire format may look like, by its status: no vendor's client reads anything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shared.plan.reasons import Code
from tests.fakes.collect_stage import Answer

Shape = Callable[[Any], bool]


def one(*values: object) -> Shape:
    return lambda found: any(
        found is value or (found == value and type(found) is type(value)) for value in values
    )


def of(*kinds: type) -> Shape:
    return lambda found: isinstance(found, kinds) and (bool in kinds or not isinstance(found, bool))


def some_text(found: Any) -> bool:
    return isinstance(found, str) and bool(found)


def maybe(shape: Shape) -> Shape:
    return lambda found: found is None or shape(found)


def each(shape: Shape) -> Shape:
    return lambda found: isinstance(found, list) and all(map(shape, found))


def named(shape: Shape) -> Shape:
    return lambda found: isinstance(found, dict) and all(map(shape, found.values()))


def has(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    """An object with these names and no others."""
    known = {**required, **(optional or {})}

    def fits(found: Any) -> bool:
        if not isinstance(found, dict) or not required.keys() <= found.keys() <= known.keys():
            return False
        return all(known[name](value) for name, value in found.items())

    return fits


NOTHING = one(None)
COUNT = of(int)
REASON = has({"code": one(*(code.value for code in Code)), "field": of(str), "message": some_text})


def rejected(**names: Shape) -> dict[str, Shape]:
    """The list of rejected events beside an answer's own fields."""
    return {"rejected": each(has({"index": COUNT, **names})), "not_listed": COUNT}


BY_ID = rejected(id=maybe(of(str)), reasons=each(REASON))
BY_EID = rejected(eid=maybe(of(str)), reasons=each(REASON))
BY_UUID = rejected(uuid=maybe(of(str)), reasons=each(REASON))
BY_NUMBER = rejected(error=some_text, code=COUNT)

ACCEPTED = {"accepted": COUNT}
MESSAGES = has(
    {
        "validationMessages": each(
            has({"fieldPath": of(str), "description": some_text, "validationCode": some_text})
        )
    }
)
PINPOINTS = has({"Message": some_text, "RequestID": some_text})
ITEM = has({"StatusCode": one(202, 400), "Message": some_text})
EXCEPTION = has(
    {
        "serviceException": has(
            {"messageId": some_text, "text": some_text, "validationErrors": named(each(some_text))}
        )
    }
)
PROBLEM = {
    "type": some_text,
    "title": some_text,
    "status": COUNT,
    "traceId": some_text,
    "errors": each(
        has(
            {"index": COUNT, "code": COUNT, "message": some_text},
            {"details": each(has({"property": of(str), "message": some_text}))},
        )
    ),
}
MPARTICLES = each(has({"code": some_text, "message": some_text}))
ERROR, ANY_STATUS = 400, 0

SHAPES: dict[str, dict[int, tuple[Shape, ...]]] = {
    "twilio_segment": {
        200: (
            has(
                {"success": one(True), **ACCEPTED, "rejected": BY_ID["rejected"]},
                {"observed": named(COUNT), "not_listed": COUNT},
            ),
        ),
        ERROR: (
            has({"success": one(False), "code": some_text, "message": some_text}, {**ACCEPTED, **BY_ID}),
        ),
    },
    "cloudevents": {
        200: (has(ACCEPTED, BY_ID),),
        204: (NOTHING,),
        ERROR: (has({"type": some_text, "title": some_text, "status": COUNT, "detail": some_text}, BY_ID),),
    },
    "ga4": {200: (MESSAGES,), 204: (NOTHING,), ERROR: (MESSAGES,)},
    "snowplow": {
        200: (one("ok"), of(bytes), has(ACCEPTED, BY_EID)),
        ERROR: (has({"error": some_text, "message": some_text}, BY_EID),),
    },
    "netmera": {
        200: (NOTHING, has(ACCEPTED, BY_NUMBER)),
        ERROR: (has({"error": some_text, "code": COUNT}, BY_NUMBER),),
    },
    "posthog": {
        200: (
            has({"status": one("Ok")}, BY_UUID),
            has({"results": named(has({"result": one("ok", "drop")}, {"details": some_text}))}, BY_UUID),
        ),
        ERROR: (
            has(
                {"type": some_text, "code": some_text, "detail": some_text, "attr": maybe(some_text)}, BY_UUID
            ),
        ),
    },
    "pinpoint": {
        202: (
            PINPOINTS,
            has({"Results": named(has({"EndpointItemResponse": ITEM, "EventsItemResponse": named(ITEM)}))}),
        ),
        ERROR: (PINPOINTS,),
    },
    "mparticle": {
        200: (
            has(
                {
                    "context": NOTHING,
                    "mpid": some_text,
                    "matched_identities": one({}),
                    "is_ephemeral": of(bool),
                    "is_logged_in": of(bool),
                }
            ),
        ),
        202: (NOTHING,),
        ERROR: (
            has({"errors": MPARTICLES}),
            has({"Errors": MPARTICLES, "ErrorCode": some_text, "StatusCode": COUNT, "RequestId": NOTHING}),
        ),
    },
    "infobip": {
        200: (of(dict), NOTHING),  # `{}` is read as nothing
        201: (
            has(
                {
                    "eventId": some_text,
                    "definitionId": some_text,
                    "occurredTime": some_text,
                    "properties": of(dict),
                    "metadata": of(dict),
                }
            ),
        ),
        202: (NOTHING, has(PROBLEM)),
        ERROR: (has({"requestError": EXCEPTION}), has(PROBLEM), has({**PROBLEM, "requestError": EXCEPTION})),
    },
    "clevertap": {
        200: (
            has(
                {
                    "status": one("success", "partial", "fail"),
                    "processed": COUNT,
                    "unprocessed": each(
                        has(
                            {
                                "status": one("fail"),
                                "code": COUNT,
                                "error": some_text,
                                "record": lambda _: True,
                            }
                        )
                    ),
                }
            ),
            has({"meta": of(dict)}, {"errors": each(some_text)}),
            lambda found: (
                isinstance(found, str) and found.startswith("$WZRK_WR.s('") and found.endswith(");")
            ),
        ),
        ERROR: (has({"status": one("fail"), "error": some_text, "code": COUNT}),),
    },
    "user_com": {
        200: (
            has({"user": has({"key": some_text})}),
            has(
                {"id": COUNT},
                {
                    "created": one(True),
                    **dict.fromkeys(("custom_id", "email", "first_name", "last_name"), lambda _: True),
                },
            ),
            has({"created": one(True)}),
        ),
        ERROR: (has({"errors": named(each(some_text))}), has({"detail": some_text})),
    },
}
"""By protocol and status: the answer is one of these. `ERROR` stands for every 4xx."""

NO_PROTOCOL = {
    200: (of(dict),),
    204: (NOTHING,),
    ERROR: (has({"success": one(False), "code": some_text, "message": some_text}),),
}
STATUSES = {200, 201, 202, 204, 400, 401, 402, 403, 404, 405, 409, 413, 429}
DEBUG = {"events", "events_not_shown", "milliseconds"}


def is_one(answer: Answer, protocol: str | None, *, brings_events: bool, is_head: bool, debugs: bool) -> bool:
    """Whether it is an answer of that format; None where none was asked. What calls that bring no events are told is
    each its own, and only its errors are looked at."""
    status, body = answer.status, answer.body
    if status not in STATUSES:
        return False
    if is_head:
        return body is None
    if debugs and isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in DEBUG}
    shapes = NO_PROTOCOL if protocol is None else SHAPES[protocol]
    if status < ERROR and protocol is not None and not brings_events:
        return True
    return any(shape(body) for shape in shapes.get(min(ERROR, status), ()))
