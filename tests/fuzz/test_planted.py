"""What `make fuzz` says of each request is asked: a mistake of each kind, planted in `collect`, is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from functions.collect import telemetry
from functions.collect.http import responses
from functions.collect.http.request import Request
from functions.collect.http.responses import Response, not_stored
from functions.collect.pipeline import authorize, ingest, pack, store
from functions.collect.rejected import storing
from functions.collect.work import Work
from shared.workspace.collecting import Source
from tests.fuzz import campaign

SEED = 1
FOUND_WITHIN = 3_000

Plant = Callable[[pytest.MonkeyPatch], None]


def instead(step: Any, wrong: Callable[[Work], None]) -> Plant:
    def plant(patch: pytest.MonkeyPatch) -> None:
        steps = {
            kind: tuple(wrong if one is step else one for one in of) for kind, of in ingest.STEPS.items()
        }
        patch.setattr(ingest, "STEPS", steps)

    return plant


def of_many_people(work: Work) -> None:
    store.store(work)
    if len(work.records) > 2:
        raise not_stored()


def properties_kept(patch: pytest.MonkeyPatch) -> None:
    """Each request's first event has those of the request before, as a cache may give them."""
    kept: list[Any] = [None]

    def packed(work: Work) -> None:
        pack.pack(work)
        if work.verdicts.accepted:
            (person, data), *others = work.verdicts.accepted
            event = orjson.loads(data)
            before, kept[0] = kept[0], event.get("properties")
            accepted = [(person, orjson.dumps({**event, "properties": before or {}})), *others]
            work.records = pack.entries(work.common, accepted)

    instead(pack.pack, packed)(patch)


def bodies_kept(patch: pytest.MonkeyPatch) -> None:
    write, kept = storing._kept_body, [b"{}"]

    def body(raw: object, shown: str | None) -> bytes:
        kept.append(write(raw, shown))
        return kept[-2]

    patch.setattr(storing, "_kept_body", body)


def another_source(patch: pytest.MonkeyPatch) -> None:
    find = authorize._find

    def found(work: Work) -> None:
        find(work)
        if work.source.id == "lenient":
            work.source = work.workspace.source_by_id["observe"]

    patch.setattr(authorize, "_find", found)


def let_in_all_but(kept: str) -> Plant:
    """Of what is asked before a source is let in only `kept` is."""
    ask = authorize._let_in

    def let_in(call: Any, source: Source) -> None:
        asks = "trust" if call.route.kind == "private" and source.trust != "server" else "origin"
        if asks == kept:
            ask(call, source)

    return lambda patch: patch.setattr(authorize, "_let_in", let_in)


def content_in_the_log(patch: pytest.MonkeyPatch) -> None:
    write = telemetry.report

    def report(request: Request | None, response: Response, *more: Any) -> None:
        if request is not None:
            response.code = request.transported[:2_000]
        write(request, response, *more)

    patch.setattr(telemetry, "report", report)


def no_headers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(responses, "FOR_WHO_ASKED", {})


def keys_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(storing, "without_key", lambda raw, _: raw)


PLANTED: dict[str, tuple[Plant, str]] = {
    "5xx": (instead(store.store, of_many_people), "503"),
    "a cache of events": (properties_kept, "another request is stored"),
    "a cache of bodies": (bodies_kept, "another request is stored"),
    "a key opens another source": (another_source, "another source's than its key"),
    "pages read people": (let_in_all_but("origin"), "a page's key reads"),
    "pages of anybody send": (let_in_all_but("trust"), "a page of another origin"),
    "the log has content": (content_in_the_log, "the log has"),
    "answers without their headers": (no_headers, "may take for a page"),
    "keys are kept": (keys_kept, "a write key is kept"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_mistake_of_each_kind_is_found(planted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, said = PLANTED[planted]
    plant(monkeypatch)
    monkeypatch.setattr(campaign, "small", lambda sent, _: sent)

    whats = (ran.failures[0].what for ran in campaign.run(SEED, FOUND_WITHIN) if ran.failures)
    assert said in next(whats)
