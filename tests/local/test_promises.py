"""How long an event may take on a laptop: 15 seconds to the profile and the message, 45 to the lake."""

from __future__ import annotations

import pytest

from tests.local.shop import Shop, counted, eventually, identify, settled, track

pytestmark = pytest.mark.local

PROFILE_AND_MESSAGES, LAKE = 15.0, 45.0


def test_an_event_is_in_the_profile_the_messages_and_the_lake_in_time(shop: Shop) -> None:
    shop.accept(
        identify("quick", email="quick@example.com"),
        track("quick", "Registration", "quick-1", method="email"),
    )

    eventually(
        lambda: shop.person("quick"), lambda found: counted(found, "Registration") == 1, PROFILE_AND_MESSAGES
    )
    eventually(lambda: shop.messages("quick"), settled, PROFILE_AND_MESSAGES)
    eventually(lambda: shop.rows("select name from events where event_id = 'quick-1'"), bool, LAKE)
