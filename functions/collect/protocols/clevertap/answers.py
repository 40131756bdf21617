"""What the sender is told: a count and every record that failed, or what a browser goes on with.

An upload that can be read is 200, even when all of its records failed.
https://developer.clevertap.com/docs/upload-events-api#response
"""

from __future__ import annotations

from typing import Any

import orjson

from functions.collect.adapter.event_builder import type_word
from functions.collect.adapter.rejection import Rejection
from functions.collect.adapter.wire_format import Call, Outcome
from functions.collect.http.answer_size import size_of
from functions.collect.http.responses import Refused, Response
from functions.collect.protocols.clevertap.reading import records_of
from functions.collect.protocols.clevertap.record_codes import code_of
from functions.collect.protocols.clevertap.routes import APP, WEB
from functions.collect.protocols.clevertap.web.calls import NUMBER, OPTED_OUT
from shared.plan.reasons import Reason

NOT_KEPT = {"cache-control": "no-store"}
UNAUTHORISED = "Account ID is not valid"


def answer(call: Call, outcome: Outcome) -> Response:
    if call.route.call == WEB:
        return _for_browser(call, outcome)
    document = call.body.document
    is_batch = isinstance(document, list) if call.route.call == APP else records_of(document) is not None
    if not is_batch:
        return _failed(400, outcome.rejected[0].reasons[0].message)
    told = [_told(one, outcome.parsed.raw[one.position]) for one in outcome.rejected]
    if size_of(told) > call.format.listed.size:  # every record is told of, but not with its content
        told = [{**one, "record": None} for one in told]
    status = "success" if not told else "partial" if outcome.accepted else "fail"
    return Response(200, {"status": status, "processed": outcome.accepted, "unprocessed": told})


def refuse(_call: Call, refused: Refused) -> Response:
    if refused.status == 401:
        return _failed(401, f"{UNAUTHORISED}: {refused.message}")
    return _failed(refused.status, refused.message)


def _failed(status: int, message: str) -> Response:
    return Response(status, {"status": "fail", "error": message, "code": status}, dict(NOT_KEPT))


def _told(one: Rejection, record: Any) -> dict[str, Any]:
    """Records are numbered from 1."""
    reason = one.reasons[0]
    is_token = isinstance(record, dict) and type_word(record.get("type")) == "token"
    error = f"{_sentence(reason)}. Skipped record number : {one.position + 1}"
    code = code_of(reason, is_token=is_token)
    return {"status": "fail", "code": code, "error": error, "record": _echo(record)}


def _sentence(reason: Reason) -> str:
    """With the field, where the sentence does not name it."""
    names_it = not reason.field or reason.field.rpartition(".")[2] in reason.message
    return reason.message if names_it else f"{reason.field}: {reason.message}"


def _echo(record: Any) -> Any:
    """The record as it came, or nothing where JSON cannot say it."""
    try:
        orjson.dumps([[[record]]])
    except TypeError:
        return None
    return record


def _for_browser(call: Call, outcome: Outcome) -> Response:
    """A script that a page runs, or JSON for one that asks by `fetch`. The SDK waits for either."""
    common, query = outcome.parsed.common, call.request.query_values()
    if "guid" not in common:
        return _failed(400, outcome.rejected[0].reasons[0].message)
    number = query.get("rn", "")
    rn = int(number) if NUMBER.fullmatch(number) else 0
    out = query.get("optOut")
    guid = common["guid"] + (OPTED_OUT if out == "true" else "")
    resume = call.body.document.get("isOUL") is True
    if "application/json" in call.request.headers.get("accept", ""):
        meta = {"g": guid, "sid": common["session"], "rf": resume, "rn": rn}
        if out in ("true", "false"):
            meta["optOut"] = out == "true"
        errors = [_sentence(one.reasons[0]) for one in outcome.rejected]
        return Response(200, {"meta": meta, **({"errors": errors} if errors else {})}, dict(NOT_KEPT))
    arguments = [f"'{guid}'", str(common["session"]), "true" if resume else "false", str(rn)]
    if out in ("true", "false"):
        arguments.append(out)
    headers = {
        **NOT_KEPT,
        "content-type": "text/javascript; charset=utf-8",
    }
    return Response(200, f"$WZRK_WR.s({','.join(arguments)});", headers)
