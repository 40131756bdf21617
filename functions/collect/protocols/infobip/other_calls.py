"""Definitions: read from the tracking plan and, by a source that may define, added to it.

Infobip changes a definition by POST on its path; PUT means the same here. Either way fields are only ever added.
"""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.lookups import Lookups
from functions.collect.adapter.wire_format import Call
from functions.collect.http.responses import Refused, Response
from functions.collect.protocols.infobip.answers import request_error
from functions.collect.protocols.infobip.definitions import Wrong, read, told
from shared.plan.reasons import Code
from shared.workspace.collecting import CollectingWorkspace, EventDefinition, Source

ORDERS = {"definitionId": "id", "title": "name"}


def answer_other_call(call: Call, source: Source | None, lookups: Lookups) -> Response:
    if source is None:
        raise _unknown()
    match call.route.call:
        case "definitions":
            return Response(200, _listed(call, lookups.latest()))
        case "definition_ids":
            return Response(200, {"definitionIdList": [event.id for event in lookups.latest().events]})
        case "definition":
            return Response(200, told(_known(call, lookups.latest())))
        case "define":
            return _define(call, source, lookups)
        case "extend":
            return _extend(call, source, lookups)
    raise _unknown()


def _define(call: Call, source: Source, lookups: Lookups) -> Response:
    latest = _defining(source, lookups)
    document = _document(call)
    id_ = document.get("definitionId") if isinstance(document, dict) else None
    if isinstance(id_, str) and id_ in latest.definition_by_id:
        raise _exists(id_)
    return _carried_out(call, source, lookups, id_, None)


def _extend(call: Call, source: Source, lookups: Lookups) -> Response:
    known = _known(call, _defining(source, lookups))
    return _carried_out(call, source, lookups, known.id, known)


def _carried_out(
    call: Call, source: Source, lookups: Lookups, id_: object, known: EventDefinition | None
) -> Response:
    definition, wrong, warnings = read(_document(call), id_, known)
    if definition is None:
        return _invalid(wrong)
    made = lookups.define(source, definition, extend=known is not None)
    match made.word:
        case "not_allowed":
            raise _not_allowed(source)
        case "exists":
            raise _exists(definition.id)
        case "unknown":
            raise _unknown()
        case "differs":
            return _invalid(
                [
                    Wrong(
                        "fields", f"{name} is there with another type, which only the plan's own files change"
                    )
                    for name in made.differing
                ]
            )
    body = told(lookups.latest().definition_by_id.get(definition.id, definition))
    return Response(
        200 if known is not None else 201, {**body, **({"warnings": warnings} if warnings else {})}
    )


def _defining(source: Source, lookups: Lookups) -> CollectingWorkspace:
    """The latest workspace, if by that the source may define."""
    latest = lookups.latest()
    now = latest.source_by_id.get(source.id)
    if now is None or not now.may_define:
        raise _not_allowed(source)
    return latest


def _known(call: Call, workspace: CollectingWorkspace) -> EventDefinition:
    definition = workspace.definition_by_id.get(call.parameters["definitionId"])
    if definition is None:
        raise _unknown()
    return definition


def _document(call: Call) -> Any:
    if call.body.problem is not None:
        raise Refused(400, Code.MALFORMED, call.body.problem)
    return call.body.document


def _listed(call: Call, workspace: CollectingWorkspace) -> list[dict[str, Any]]:
    asked = call.request.query_values()
    found = list(workspace.events)
    if (category := asked.get("category")) and category.lower() != "external":
        found = []
    if text := asked.get("searchText", "").lower():
        found = [one for one in found if text in f"{one.id}\n{one.name}\n{one.description}".lower()]
    order, direction = asked.get("orderField"), asked.get("orderType", "").lower()
    if order in ORDERS and direction in ("asc", "desc"):
        found.sort(key=lambda one: str(getattr(one, ORDERS[order])), reverse=direction == "desc")
    offset, limit = _count(asked, "offset", 0), _count(asked, "limit", len(found))
    return [told(one) for one in found[offset : offset + limit]]


def _count(asked: dict[str, str], name: str, otherwise: int) -> int:
    text = asked.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise Refused(400, Code.MALFORMED, f"{name} must be a whole number of 0 or more")
    return int(text)


def _invalid(wrong: list[Wrong]) -> Response:
    errors: dict[str, list[str]] = {}
    for one in wrong:
        errors.setdefault(one.field, []).append(one.message)
    return Response(400, request_error(400, wrong[0].message, errors), code=Code.MALFORMED)


def _not_allowed(source: Source) -> Refused:
    sentence = (
        f"source {source.id} may not define events: set `may_define: true` for it in sources.yaml and apply"
    )
    return Refused(403, Code.NOT_TRUSTED, sentence)


def _exists(id_: str) -> Refused:
    return Refused(
        409, "exists", f"there is a definition {id_} already; POST to its own path adds fields to it"
    )


def _unknown() -> Refused:
    return Refused(404, "not_found", "the tracking plan has no such definition")
