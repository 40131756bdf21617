"""Of Google's Measurement Protocol."""

from __future__ import annotations

from typing import Any

from tests.fakes.collect_stage import OBSERVE
from tests.unit.collect.reported.row import Reported


def consented(consent: dict[str, Any], expected: dict[str, bool] | None) -> Reported:
    body = {"user_id": "u1", "consent": consent, "events": []}
    query = f"measurement_id=G-1&api_secret={OBSERVE}"
    traits = {"consents": expected} if expected else None
    event = {"type": "identify", "user_id": "u1", "traits": traits or {}}
    return Reported("/mp/collect", body, query=query, status=204, events=(event,))


ROWS = {
    "consents in another case": consented(
        {"ad_user_data": "granted", "ad_personalization": "Denied"},
        {"ad_user_data": True, "ad_personalization": False},
    ),
    "a consent of another word takes nothing back": consented(
        {"ad_user_data": "GRANTED", "ad_personalization": "UNSPECIFIED"}, {"ad_user_data": True}
    ),
    "a consent that is no word": consented({"ad_user_data": ["GRANTED"], "ad_personalization": None}, None),
}
