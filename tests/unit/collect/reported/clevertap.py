"""Of CleverTap's upload API."""

from __future__ import annotations

from typing import Any

from tests.fakes.collect_stage import OBSERVE
from tests.unit.collect.reported.row import Reported

HEADERS = {"x-clevertap-account-id": "ACCOUNT", "x-clevertap-passcode": OBSERVE}


def uploaded(*records: dict[str, Any], **said: Any) -> Reported:
    return Reported("/1/upload", {"d": list(records)}, HEADERS, **said)


ROWS = {
    "types in another case": uploaded(
        {"type": "Event", "identity": "u1", "evtName": "Look Around", "evtData": {}},
        {"type": "PROFILE", "identity": "u1", "profileData": {"Name": "Ana"}},
        {"type": "Token", "identity": "u1", "objectId": "d1", "tokenData": {"id": "t1", "type": "fcm"}},
        answer={"status": "success", "processed": 3},
        events=(
            {"name": "Look Around", "user_id": "u1"},
            {"traits": {"name": "Ana"}},
            {"context": {"device": {"token": "t1"}}},
        ),
    ),
    "a birthday in milliseconds": uploaded(
        {"type": "profile", "identity": "u1", "profileData": {"DOB": "$D_1753056000000", "Since": "$D_1753056000000"}},
        events=({"traits": {"birthday": "2025-07-21", "Since": "2025-07-21T00:00:00Z"}},),
    ),
    "every record rejected": uploaded(
        {"type": "merge", "identity": "u1"},
        answer={"status": "fail", "processed": 0},
        refused=(("malformed",),),
    ),
    "a token in another case that is broken keeps a token's code": uploaded(
        {"type": "Token", "identity": "u1", "tokenData": {"id": "", "type": "fcm"}},
        answer={"status": "fail", "unprocessed": [{
            "status": "fail",
            "code": 532,
            "error": "tokenData needs id, a string. Skipped record number : 1",
            "record": {"type": "Token", "identity": "u1", "tokenData": {"id": "", "type": "fcm"}},
        }]},
        refused=(("malformed",),),
    ),
}  # fmt: skip
