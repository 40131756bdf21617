"""Time on the deployed stack: a session ends by the timer, though its person does nothing any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.local.shop import SHOP, Shop, counted, eventually, track

pytestmark = pytest.mark.local


def test_a_session_is_concluded_by_the_timer(shop: Shop, apply: Callable[..., None]) -> None:
    idle = (
        (SHOP / "workspace.yaml").read_text().replace("settings:", "settings:\n  session_idle_seconds: 2", 1)
    )
    apply(workspace=idle, plan__brief="events:\n  Brief Visit: {}\n")

    shop.accept(
        track("brief", "Brief Visit")
    )  # the new definition makes collect, then process, take the new limit
    eventually(lambda: shop.person("brief"), lambda person: counted(person, "Session Concluded") == 1)

    events = shop.headrace("timeline", "brief")
    started, concluded = (
        next(event for event in events if event["name"] == name)
        for name in ("Session Started", "Session Concluded")
    )
    assert concluded["properties"]["session_id"] == started["properties"]["session_id"]
    assert concluded["properties"]["session_length"] == 0
    assert shop.person("brief")["sessions"]["current"] is None
