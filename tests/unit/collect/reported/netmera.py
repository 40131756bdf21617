"""Of Netmera's REST API."""

from __future__ import annotations

from tests.fakes.collect_stage import OBSERVE
from tests.unit.collect.reported.row import Reported

KEY = {"x-netmera-api-key": OBSERVE}
LEFT_OUT = ("entry_unreadable",)

ROWS = {
    "a tag that is no name": Reported(
        "/rest/3.0/tagUsers",
        {"tag": ["Sport", 5, ""], "extIds": ["u1"]},
        KEY,
        events=({"user_id": "u1", "trait_changes": {"append": {"tags": ["Sport"]}}},),
        observed=LEFT_OUT,
    ),
    "no tag that is a name": Reported(
        "/rest/3.0/tagUsers", {"tag": [5], "extIds": ["u1"]}, KEY, status=400, refused=(("malformed",),)
    ),
    "an attribute to unset that is no name": Reported(
        "/rest/3.0/unsetProfileAttributes",
        [{"extId": "u1", "profile": ["plan", 5]}],
        KEY,
        events=({"user_id": "u1", "traits": {"plan": None}},),
        observed=LEFT_OUT,
    ),
    "tags of a device's registration": Reported(
        "/rest/3.0/registerUsers",
        [{"extId": "u1", "deviceToken": "t1", "platform": "IOS", "tags": ["Sport", None]}],
        KEY,
        events=({"user_id": "u1", "trait_changes": {"append": {"tags": ["Sport"]}}},),
        observed=LEFT_OUT,
    ),
}
