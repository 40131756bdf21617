"""A shop whose sources go on to a vendor, and one that goes nowhere."""

from __future__ import annotations

from typing import Any

import orjson

from shared.tee import TeedRequest
from shared.workspace.model import EventDefinition, Limits, Source, Tee, Workspace
from shared.workspace.write_keys import key_hash
from tests.fakes.collect_stage import (
    PURCHASE,
    Stage,
)
from tests.fakes.collect_stage import SHOP as FAKE_SHOP
from tests.unit.collect.test_payloads import PAYLOADS

TEED, PLAIN, SMALL, METERED, PAGE = "v_teed", "v_plain", "v_small", "v_metered", "v_page"
"""Credentials of the vendor's, which its clients showed before and show still: `accepts`."""

OURS = "hr_kept-to-ourselves"
"""A write key of ours."""

VENDOR = Tee(host="https://vendor.example")


def source(name: str, key: str, **settings: Any) -> Source:
    """A source with that write key, for servers unless said otherwise."""
    return Source(
        id=name, name=name, trust=settings.pop("trust", "server"), key_hashes=(key_hash(key),), **settings
    )


SHOP = Workspace(
    version=1,
    sources=(
        source("teed", TEED, policy="strict", may_define=True, tee=VENDOR),
        source("ours", OURS, tee=VENDOR),
        source("plain", PLAIN),
        source("small", SMALL, tee=VENDOR, limits=Limits(batch_bytes=1024)),
        source("metered", METERED, tee=VENDOR, limits=Limits(events_per_second=1)),
        source("page", PAGE, tee=VENDOR, trust="browser", origins=("https://shop.example",)),
    ),
    events=(PURCHASE, EventDefinition(id="View Item", name="View")),
)


def only(stage: Stage) -> TeedRequest:
    """The one request that goes on."""
    (request,) = stage.tee.requests
    return request


def requests_of(protocol: str) -> list[dict[str, Any]]:
    """Every shape of its clients' requests, whose keys are our own."""
    return [orjson.loads(file.read_bytes())["request"] for file in PAYLOADS if file.parent.name == protocol]


def teeing_all(**settings: Any) -> Stage:
    """The shop of those requests, each source with a vendor."""
    changed = [one.model_copy(update={"tee": VENDOR, **settings}) for one in FAKE_SHOP.sources]
    return Stage(FAKE_SHOP.model_copy(update={"sources": tuple(changed)}))
