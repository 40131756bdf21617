"""Requests of other shapes: a browser's preflight, an event in a long query, a signature of AWS's."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from urllib.parse import quote, urlencode, urlsplit

import orjson

from cli.doctor.asking import AGENT, AT_ONCE, ask
from cli.doctor.bodies import arrived, batch, is_accepted, not_accepted
from cli.doctor.examination import EVENT, TEXT, Examination, Probe
from cli.doctor.finding import Finding, broken
from shared.aws.pinpoint_client import put_event
from shared.doctor import PERSON
from shared.events import utc_text

ORIGIN = "https://headrace-doctor.example"
ASKED_HEADERS = "authorization,content-type"

LONGEST_BYTES = 9_700
"""Of request line and headers: an API takes 10,240, some of which what stands in front of it may need.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"""

SECONDS = 150

IN_FRONT = "Check what is in front of the API (a CDN, a WAF, a proxy): "


def probes() -> list[Probe]:
    return [
        Probe("browser preflight", preflight, SECONDS),
        Probe("long query", long_query, SECONDS),
        Probe("signed Pinpoint call", signed, SECONDS),
    ]


def preflight(examination: Examination) -> Finding:
    """A browser asks first, and believes the answer to what it then sends only if that names its origin."""
    url = f"{examination.stack.collect_url}/v1/batch"
    asking = {
        "User-Agent": AGENT,
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": ASKED_HEADERS,
    }
    do = IN_FRONT + "OPTIONS must reach `collect`, and its answer the browser."
    reply = ask("OPTIONS", url, asking)
    if not 200 <= reply.status < 300:
        return broken(f"OPTIONS was answered {reply.words}", do)
    allowed = {
        name: {
            one.strip().lower() for one in reply.headers.get(f"access-control-allow-{name}", "").split(",")
        }
        for name in ("origin", "methods", "headers")
    }
    wanted = {"origin": {ORIGIN}, "methods": {"post"}, "headers": set(ASKED_HEADERS.split(","))}
    missing = [
        name for name, needed in wanted.items() if not (needed <= allowed[name] or "*" in allowed[name])
    ]
    if missing:
        return broken(f"the answer to OPTIONS does not allow the browser's {' and '.join(missing)}", do)
    event, body = batch(examination)
    sent = ask("POST", url, {"User-Agent": AGENT, "Origin": ORIGIN, "Content-Type": "application/json"}, body)
    if not is_accepted(sent):
        return not_accepted(examination, sent)
    if sent.headers.get("access-control-allow-origin") not in (ORIGIN, "*"):
        return broken("the answer to POST does not name the browser's origin", do)
    return arrived(examination, event)


def long_query(examination: Examination) -> Finding:
    """An event asked for as an image, of as many bytes as an API lets through."""
    event = str(uuid.uuid4())
    said = {
        "e": "ue", "p": "web", "tv": AGENT, "aid": examination.keys.write_key, "uid": PERSON, "eid": event,
        "dtm": str(int(datetime.now(UTC).timestamp() * 1000)),
        "ue_pr": _self_describing(examination.run),
    }  # fmt: skip
    url = urlsplit(f"{examination.stack.collect_url}/i")
    headers = {"User-Agent": AGENT}
    path = f"{url.path}?{urlencode(said, quote_via=quote)}&refr="
    start = len(f"GET {path} HTTP/1.1\r\nHost: {url.netloc}\r\nAccept-Encoding: identity\r\n")
    start += sum(len(f"{name}: {value}\r\n") for name, value in headers.items())
    page = "https://headrace-doctor.example/" + "a" * (LONGEST_BYTES - start - 32)
    reply = ask("GET", f"{url.scheme}://{url.netloc}{path}{page}", headers)
    if reply.status != 200:
        do = IN_FRONT + "it refuses long requests. Clients that send by GET should send by POST."
        return broken(f"a request of {LONGEST_BYTES} bytes was answered {reply.words}", do)
    return arrived(examination, event)


def _self_describing(run: str) -> str:
    data = {"schema": f"iglu:headrace/{EVENT.lower().replace(' ', '_')}/jsonschema/1-0-0"}
    inner = {**data, "data": {"text": TEXT, "run": run}}
    schema = "iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0"
    return orjson.dumps({"schema": schema, "data": inner}).decode()


def signed(examination: Examination) -> Finding:
    """An event by Pinpoint's own client, with the doctor's key pair."""
    id_ = str(uuid.uuid4())
    event = {
        "EventType": EVENT,
        "Timestamp": utc_text(datetime.now(UTC)),
        "Attributes": {"text": TEXT, "run": examination.run},
    }
    with AT_ONCE:
        status = put_event(
            examination.stack.collect_url,
            examination.keys.access_key_id,
            examination.keys.secret_access_key,
            endpoint=f"{PERSON}-endpoint",
            user=PERSON,
            event=event,
            id_=id_,
        )
    if status != 202:
        return broken(f"the answer to the event was {status}", "`headrace logs collect` says why.")
    return arrived(examination, id_)
