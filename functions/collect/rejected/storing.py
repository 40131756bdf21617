"""What is kept of rejected events: one stored item per request, with their reasons and their JSON as it came."""

from __future__ import annotations

from functions.collect.adapter.event_bytes import too_large
from functions.collect.adapter.rejection import Rejection, readable
from functions.collect.adapter.wire_format import Parsed
from functions.collect.auth.redaction import without_key, without_keys
from functions.collect.http.raw_json import written
from functions.collect.work import Work
from shared.doctor import days_kept
from shared.plan.reasons import Code
from shared.rejected import RejectedItem, RejectedReason, RejectedRequest

SECONDS_A_DAY = 86_400


def with_size(rejected: list[Rejection], parsed: Parsed, most: int) -> list[Rejection]:
    """An event that breaks other rules is too large all the same: its size as it came is then the first reason."""
    found = []
    for one in rejected:
        size = len(raw_json(parsed.raw[one.position]))
        if size > most and all(reason.code is not Code.TOO_LARGE for reason in one.reasons):
            found.append(one._replace(reasons=[too_large(size, most), *one.reasons]))
        else:
            found.append(one)
    return found


def kept(work: Work) -> RejectedRequest:
    """One stored item for all of the request's. `common` is what `replay` reads."""
    source, delivery, parsed, credential = work.source, work.delivery, work.parsed, work.credential
    common = {
        "call": work.call.route.call,
        "shared": parsed.common,
        "is_retry": delivery.is_retry,
        "is_browser": delivery.is_browser,
        "ip": delivery.ip,
        "user_agent": delivery.user_agent,
    }
    days = days_kept(source.id, work.workspace.settings.rejected_days)
    return RejectedRequest(
        request=work.request_id,
        source=source.id,
        protocol=work.call.format.name,
        trust=source.trust,
        path=delivery.path,
        common=without_key(raw_json(common), credential),
        received_at=delivery.received_at,
        expires_at=int(delivery.received_at.timestamp()) + days * SECONDS_A_DAY,
        items=tuple(
            _item(one, _kept_body(parsed.raw[one.position], credential)) for one in work.verdicts.rejected
        ),
    )


def _item(one: Rejection, body: bytes) -> RejectedItem:
    return RejectedItem(
        index=one.position,
        event_id=readable(one.fields.get("id")),
        name=readable(one.fields.get("name")),
        user_id=readable(one.fields.get("user_id")),
        anonymous_id=readable(one.fields.get("anonymous_id")),
        other_ids={
            kind: text
            for kind, value in one.fields.get("other_ids", {}).items()
            if (text := readable(value)) is not None
        },
        reasons=tuple(
            RejectedReason(code=reason.code, field=reason.field, message=reason.message)
            for reason in one.reasons
        ),
        body=body,
    )


def _kept_body(raw: object, shown: str | None) -> bytes:
    return without_keys(raw, shown) if isinstance(raw, bytes) else without_key(raw_json(raw), shown)


def raw_json(raw: object) -> bytes:
    """The item as it came; bytes are a body that was no JSON. Where it is nested too deep for the libraries, the body
    it was in is no way out: that holds a key, and would be kept for each of its items."""
    return raw if isinstance(raw, bytes) else written(raw)
