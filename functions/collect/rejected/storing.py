"""What is kept of rejected events: one stored item per request, with their reasons and their JSON as it came."""

from __future__ import annotations

from functions.collect.adapter.wire_format import Delivery, Parsed
from functions.collect.auth.redaction import without_key, without_keys
from functions.collect.pipeline.verdicts import too_large
from functions.collect.rejected.raw_json import written
from functions.collect.rejected.rejection import Rejection, readable
from shared.doctor import days_kept
from shared.plan.reasons import Code
from shared.rejected import RejectedItem, RejectedReason, RejectedRequest
from shared.workspace.model import Settings, Source

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


def kept(
    rejected: list[Rejection],
    parsed: Parsed,
    request: str,
    source: Source,
    protocol: str,
    call: str,
    delivery: Delivery,
    settings: Settings,
    shown: str | None,
) -> RejectedRequest:
    """One stored item for all of them. `common` is what `replaying` reads; `shown` the credential that came along."""
    common = {
        "call": call,
        "shared": parsed.common,
        "is_retry": delivery.is_retry,
        "is_browser": delivery.is_browser,
        "ip": delivery.ip,
        "user_agent": delivery.user_agent,
    }
    return RejectedRequest(
        request=request,
        source=source.id,
        protocol=protocol,
        trust=source.trust,
        path=delivery.path,
        common=without_key(raw_json(common), shown),
        received_at=delivery.received_at,
        expires_at=int(delivery.received_at.timestamp())
        + days_kept(source.id, settings.rejected_days) * SECONDS_A_DAY,
        items=tuple(_item(one, _kept_body(parsed.raw[one.position], shown)) for one in rejected),
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
