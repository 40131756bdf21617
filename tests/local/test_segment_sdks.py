"""Segment's own libraries, unmodified: every kind of call arrives and becomes one person."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.local.shop import Shop, counted, eventually

pytestmark = pytest.mark.local

KINDS = ("identify", "track", "page", "screen", "group", "alias")


def by_python(shop: Shop, user: str) -> None:
    client = shop.segment()
    anonymous = f"{user}-visitor"
    client.page(anonymous_id=anonymous, name="Home", properties={"url": "https://shop.example/"})
    client.identify(user, {"first_name": "Grace", "consents": {"email": True}}, anonymous_id=anonymous)
    client.track(user, "View Item", {"item_id": "K-17", "price": 12.5, "currency": "USD"})
    client.screen(user, name="Cart")
    client.group(user, "navy", {"name": "Navy"})
    client.track(f"{user}-old", "Login")
    client.alias(f"{user}-old", user)
    client.shutdown()


def by_node(shop: Shop, user: str) -> None:
    node = shutil.which("node")
    assert node is not None
    script = Path(__file__).parent / "node" / "send.mjs"
    arguments = [node, str(script), shop.local["collect_url"], shop.local["write_key"], user]
    subprocess.run(arguments, check=True, timeout=60)


@pytest.mark.parametrize(("send", "user"), [(by_python, "py-1"), (by_node, "node-1")])
def test_every_kind_of_call_arrives(shop: Shop, send: Callable[[Shop, str], None], user: str) -> None:
    send(shop, user)

    eventually(
        lambda: shop.person(user),
        lambda person: all(counted(person, name) for name in ("View Item", "Login")),
    )
    person = shop.headrace("profile", user)
    timeline: list[dict[str, Any]] = shop.headrace("timeline", user)

    assert person["traits"]["first_name"] == "Grace"
    assert person["consents"] == {"email": True}
    assert {f"user:{user}", f"user:{user}-old", f"anonymous:{user}-visitor"} <= set(person["identities"])
    assert {name: counted(person, name) for name in ("page", "screen", "group", "alias", "Login")} == {
        "page": 1, "screen": 1, "group": 1, "alias": 1, "Login": 1,
    }  # fmt: skip
    assert set(KINDS) <= {event["type"] for event in timeline}
    assert [event["occurred_at"] for event in timeline] == sorted(event["occurred_at"] for event in timeline)
    assert next(event for event in timeline if event["type"] == "page")["properties"]["name"] == "Home"
    assert next(event for event in timeline if event["type"] == "group")["properties"]["group_id"] == "navy"
    assert shop.headrace("profile", f"{user}-visitor")["key"] == person["key"]
