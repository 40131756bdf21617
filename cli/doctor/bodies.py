"""Bodies under each content type that clients use, plain and gzipped: does the gateway leave them as they were sent?

An HTTP API takes what comes under a textual type for UTF-8 and destroys gzip there; that is documented, and a matter of
the setting `api`. Whatever else does not come through is broken.
"""

from __future__ import annotations

import gzip
import uuid
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson

from cli.doctor.asking import AGENT, Reply, ask
from cli.doctor.examination import EVENT, TEXT, Examination, Probe
from cli.doctor.finding import Finding, Part, attention, broken, ok
from shared.doctor import PERSON
from shared.events import utc_text
from shared.gateway_headers import is_taken_for_text

CONTENT_TYPES = (
    "application/json",
    "text/plain;charset=UTF-8",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
    None,
)
"""Servers and apps; `sendBeacon` and posthog-js; posthog-js and old pages; devices, and `sendBeacon` with bytes;
whoever says nothing."""

SECONDS = 150

APPLY = "Apply your workspace again, `headrace apply DIR`: the applied one does not know the doctor's key."
DESTROYED = (
    "Set `api: rest` in headrace.yaml and deploy, or let clients send uncompressed: `disable_compression: true` in "
    "posthog-js, others in docs/gateways.md."
)
DESTROYED_HERE = (
    "Nothing, unless your clients compress: then `local: {api: rest}` in headrace.yaml and headrace up, or let them "
    "send uncompressed: `disable_compression: true` in posthog-js, others in docs/gateways.md."
)


def probes() -> list[Probe]:
    return [
        Probe(
            name_of(content_type, zipped=zipped),
            partial(examine, content_type=content_type, zipped=zipped),
            SECONDS,
        )
        for content_type in CONTENT_TYPES
        for zipped in (False, True)
    ]


def name_of(content_type: str | None, *, zipped: bool) -> str:
    under = content_type.partition(";")[0] if content_type else "no content type"
    return f"body: {under}{', gzip' if zipped else ''}"


def examine(examination: Examination, *, content_type: str | None, zipped: bool) -> Finding:
    """The key is in the body: of one that is destroyed, nothing is kept."""
    event, body = batch(examination)
    headers = {"User-Agent": AGENT}
    if content_type is not None:
        headers["Content-Type"] = content_type
    if zipped:
        headers["Content-Encoding"] = "gzip"
    reply = ask(
        "POST", f"{examination.stack.collect_url}/v1/batch", headers, gzip.compress(body) if zipped else body
    )
    if not is_accepted(reply):
        by_the_api = zipped and examination.api == "http" and may_be_destroyed(content_type)
        return _refused(examination, reply, is_destroyed=by_the_api)
    return arrived(examination, event)


def may_be_destroyed(content_type: str | None) -> bool:
    """Whether an HTTP API may take what comes under this type for text. What it makes of no type is not documented."""
    return content_type is None or is_taken_for_text(content_type)


def event_of(name: str = EVENT, **fields: Any) -> dict[str, Any]:
    """A track of the doctor's person, as Segment's clients send one; its id is drawn."""
    return {
        "type": "track",
        "event": name,
        "messageId": str(uuid.uuid4()),
        "userId": PERSON,
        "timestamp": utc_text(datetime.now(UTC)),
        **fields,
    }


def batch(examination: Examination, *events: dict[str, Any]) -> tuple[str, bytes]:
    """The id of the last event, and the body of a request with these events; without any, with one."""
    sent = events or (event_of(properties={"run": examination.run, "text": TEXT}),)
    body = {"writeKey": examination.keys.write_key, "batch": sent, "sentAt": utc_text(datetime.now(UTC))}
    return str(sent[-1]["messageId"]), orjson.dumps(body)


def send(examination: Examination, *events: dict[str, Any]) -> tuple[str, Reply]:
    """As plain JSON. The id of the last event, and the answer."""
    event, body = batch(examination, *events)
    headers = {"User-Agent": AGENT, "Content-Type": "application/json"}
    return event, ask("POST", f"{examination.stack.collect_url}/v1/batch", headers, body)


def is_accepted(reply: Reply) -> bool:
    return reply.status == 200 and not reply.document.get("rejected")


def not_accepted(examination: Examination, reply: Reply) -> Finding:
    """What is said of an ordinary request that was not accepted."""
    return _refused(examination, reply, is_destroyed=False)


def arrived(examination: Examination, event: str) -> Finding:
    """Whether an accepted event is on the timeline, and unaltered."""
    if stopped := examination.unfollowed("accepted", Part.PROCESS):
        return stopped
    found = examination.arrivals.wait_for(event, examination.patience)
    if found is None:
        return broken(
            f"accepted, but not in the person's profile after {examination.patience:g} s",
            "The rows `consumers` and `stream lag` show whether the stream is read at all; "
            "`headrace logs process` shows what failed.",
        )
    if found.properties.get("text") != TEXT:
        return broken(
            "the event arrived with a different text than was sent",
            "Something on the way (a proxy, a WAF, a CDN) alters bodies: make it pass them unchanged.",
        )
    return ok("arrived as it was sent")


def _refused(examination: Examination, reply: Reply, *, is_destroyed: bool) -> Finding:
    if reply.status >= 500 and (stopped := examination.unfollowed(reply.words, Part.STREAM)):
        return stopped
    if reply.status == 401 and not is_destroyed:
        return broken(reply.words, APPLY)
    if reply.status == 429:
        return attention(
            reply.words,
            "Raise `requests_per_second` in headrace.yaml and deploy; or ask for more: Service Quotas, API Gateway, "
            "Throttle rate.",
        )
    if is_destroyed and 400 <= reply.status < 500:
        if examination.is_local:
            return attention(
                f"the gateway here damages it, as an HTTP API on AWS does (answered {reply.status})",
                DESTROYED_HERE,
            )
        return attention(f"API Gateway damages it (answered {reply.status})", DESTROYED)
    return broken(reply.words, "`headrace logs collect` says why.")
