"""What must hold of every request, whatever it was. Each finding is one sentence, the same for the same mistake."""

from __future__ import annotations

import base64
import re
import traceback
from collections.abc import Iterator
from typing import Any, NamedTuple

from functions.collect import protocols
from functions.process.arrivals import read
from shared.lake.rejected_rows import lines
from shared.ledger.lines import Put, Witness
from shared.records import LARGEST, LONGEST_KEY
from tests.fakes.collect_stage import BROWSER, IDENTITY_SECRET, LENIENT, METERED, OBSERVE, SHOP, STRICT
from tests.fuzz import accounts, after
from tests.fuzz.corpus import DEFINER
from tests.fuzz.sent import Sent
from tests.fuzz.shapes import is_one
from tests.fuzz.target import SECRET_TRAIT, Reply, Target

LAMBDAS = 6 * 1024 * 1024
"""Bytes of an answer."""

ROW = 1000 * 1024
"""Bytes that Firehose takes of one row."""

MARK = "zq{}zq"
"""A text that is in one request only."""

KEY_OF = {
    "strict": STRICT, "lenient": LENIENT, "observe": OBSERVE, "browser": BROWSER, "metered": METERED,
    "definer": DEFINER,
}  # fmt: skip
"""By source."""

VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
"""Of a header: https://www.rfc-editor.org/rfc/rfc9110#section-5.5"""

OTHERS_MARK = re.compile(r"zq\d+zq")
MARKS_STORED = re.compile(rb"zq\d+zq")

ORIGINS = {origin for source in SHOP.sources if source.id == "browser" for origin in source.origins}


class Found(NamedTuple):
    """`label` says what was asked and how it was answered; `what` is the first thing that does not hold, or None.
    `reply` is None where there is no answer; `witnesses` are what the ledger reads of the request."""

    label: str
    what: str | None
    reply: Reply | None = None
    witnesses: tuple[Witness, ...] = ()


def examined(target: Target, sent: Sent, *, deep: bool) -> Found:
    """`deep`: what comes after it, too."""
    label = "none"
    try:
        reply = target.ask(sent)
        label = reply.label
        put = accounts.witnessed(reply)
        what = next(_findings(sent, reply, put), None)
        said: list[Witness] = [] if put is None else [put]
        if what is None and deep:
            followed = after.after(target, reply, put)
            what = next(iter(followed.findings), None)
            said += followed.witnesses
    except Exception as error:  # noqa: BLE001  whatever it is, a client would get 503 for it
        return Found(label, _of_error(error))
    return Found(label, what, reply, tuple(said))


def finding(target: Target, sent: Sent) -> str | None:
    return examined(target, sent, deep=True).what


def _of_error(error: Exception) -> str:
    if isinstance(error, AssertionError):
        return f"an answer that no gateway passes on: {_place(error)}"
    return f"{type(error).__name__} at {_place(error)}"


def _findings(sent: Sent, reply: Reply, put: Put | None) -> Iterator[str]:
    answer, report = reply.answer, reply.report
    if answer.status >= 500:
        yield f"{answer.status}"
    protocol, call = (None, None) if report is None else (report.protocol, report.call)
    kind = None if protocol is None else _kinds(protocol).get(call or "")
    is_shaped = is_one(
        answer,
        protocol,
        brings_events=kind in ("events", "rehearsal"),
        is_head=sent.method == "HEAD",
        debugs=any(name.lower() == "headrace-debug" for name in sent.headers),
    )
    if not is_shaped:
        yield f"{protocol} {call}: an answer outside its format, {answer.status}"
    if len(reply.text) > LAMBDAS:
        yield f"{protocol} {call}: an answer that Lambda does not take"
    if any(not VALUE.fullmatch(value) for value in answer.headers.values()):
        yield f"{protocol} {call}: a header that no gateway sends"
    if answer.headers.get("x-content-type-options") != "nosniff":
        yield f"{protocol} {call}: an answer that a browser may take for a page"
    if kind not in (None, "open") and "no-store" not in answer.headers.get("cache-control", ""):
        yield f"{protocol} {call}: an answer that somebody on the way may keep"
    yield from _let_in(sent, reply)
    yield from _of_others(sent, reply, kind)
    yield from _keys_kept(reply)
    yield from accounts.findings(reply, put, kind)
    yield from _readable(reply)


def _of_others(sent: Sent, reply: Reply, kind: str | None) -> Iterator[str]:
    """Nothing of another request, of another source's secrets, nor of a person whom this caller may not read."""
    own = f"{sent.path}{sent.query}{sent.headers}{sent.body!r}"
    if any(mark not in own for mark in OTHERS_MARK.findall(reply.text)):
        yield "an answer with something of another request"
    stored = [entry.data for entry in reply.entries] + reply.teed
    stored += [
        part for request in reply.kept for part in (request.common, *(item.body for item in request.items))
    ]
    if any(mark.decode() not in own for data in stored for mark in MARKS_STORED.findall(data)):
        yield "something of another request is stored or forwarded"
    if any(OTHERS_MARK.search(line) for line in reply.lines):
        yield "the log has something that was sent"
    if IDENTITY_SECRET in reply.text or "vendor.example" in reply.text:
        yield "an answer with a secret"
    if SECRET_TRAIT in reply.text and kind != "private":
        yield "an answer with something of a person"
    if (
        kind == "private"
        and reply.report is not None
        and reply.report.source == "browser"
        and reply.answer.status < 300
    ):
        yield "a page's key reads what only servers may"


def _let_in(sent: Sent, reply: Reply) -> Iterator[str]:
    """Whose request it is, is by the key that was shown, and a page's is from a page of the source's."""
    source = reply.report.source if reply.report is not None else None
    if source is None or reply.work is None:
        return
    known_by = getattr(reply.work, "credential", None)
    if known_by is not None and known_by != KEY_OF.get(source):
        yield "a request is another source's than its key"
    origins = {value for name, value in sent.headers.items() if name.lower() == "origin"}
    if source == "browser" and reply.entries and origins and not origins & ORIGINS:
        yield "a page of another origin sends events"


def _keys_kept(reply: Reply) -> Iterator[str]:
    """The key that a request showed is in nothing that is kept or forwarded of it."""
    key = KEY_OF.get(reply.report.source or "") if reply.report is not None else None
    if key is None:
        return
    for request in reply.kept:
        if key.encode() in request.common or any(key.encode() in item.body for item in request.items):
            yield "a write key is kept with a rejected event"
    if any(key.encode() in message for message in reply.teed):
        yield "a write key is forwarded to a vendor"


def _readable(reply: Reply) -> Iterator[str]:
    """What comes after can take what was stored: the stream, `process`, Firehose."""
    for entry in reply.entries:
        if (
            not 0 < len(entry.key) <= LONGEST_KEY
            or len(entry.key.encode("utf-8", "replace")) > 4 * LONGEST_KEY
        ):
            yield "a key that Kinesis refuses"
        if len(entry.data) > LARGEST:
            yield "a record that is too large"
    if unreadable := _arrivals(reply)[1]:
        yield f"a record that `process` cannot read: {type(unreadable[0].error).__name__}"
    for request in reply.kept:
        if any(len(line) > ROW for line in lines(request)):
            yield "a rejected event that makes too large a row"


def _arrivals(reply: Reply) -> Any:
    return read(
        [
            {
                "kinesis": {
                    "partitionKey": entry.key,
                    "sequenceNumber": str(at),
                    "data": base64.b64encode(entry.data).decode(),
                    "approximateArrivalTimestamp": 1795262400.0,
                }
            }
            for at, entry in enumerate(reply.entries)
        ]
    )


def _kinds(protocol: str) -> dict[str, str]:
    return {route.call: route.kind for route in protocols.wire_format(protocol).routes}


def _place(error: BaseException) -> str:
    """The innermost place of ours."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/.venv/" not in frame.filename]
    ours = [frame for frame in frames if "/lib/python" not in frame.filename] or frames
    last = ours[-1]
    return f"{'/'.join(last.filename.rsplit('/', 3)[1:])} {last.name}"
