"""Pinpoint's API before collect and process: endpoints put, events posted, people read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shared.events import Event
from tests.fakes.collect_server import CollectServer
from tests.fakes.collect_stage import LENIENT, Answer, Stage
from tests.fakes.pinpoint_shop import PinpointShop, client

PAGE = Path(__file__).parents[4] / "docs" / "protocols" / "pinpoint.md"
TIME = "2026-11-21T11:59:00.000Z"
LONG_KEY = "0f3b9c0e-5b43-4c55-8f9d-6a2f3b1c9d01"


def put(stage: Stage, endpoint: str, body: object, *, app: str = LENIENT, **headers: str) -> Answer:
    """One endpoint, put under its id."""
    return stage.request("PUT", f"/v1/apps/{app}/endpoints/{endpoint}", body, headers)


def post(
    stage: Stage, events: object, endpoint: object = None, *, app: str = LENIENT, of: str = "e1"
) -> Answer:
    """Events of one endpoint."""
    batch = {of: {"Endpoint": {} if endpoint is None else endpoint, "Events": events}}
    return stage.request("POST", f"/v1/apps/{app}/events", {"BatchItem": batch})


def dance(**fields: Any) -> dict[str, Any]:
    """A Dance, as Pinpoint's clients write it."""
    return {"EventType": "Dance", "Timestamp": TIME, **fields}


def last(stage: Stage) -> Event:
    """The last event on the stream."""
    return stage.events[-1]


class Api:
    """The real client against the shop; what it did is folded before anything is read."""

    def __init__(self, shop: PinpointShop, server: CollectServer) -> None:
        self.shop = shop
        self.client = client(server.url)

    def update(self, endpoint: str, **request: Any) -> None:
        self.client.update_endpoint(ApplicationId="a", EndpointId=endpoint, EndpointRequest=request)
        self.shop.settle()

    def endpoint(self, endpoint: str) -> dict[str, Any] | None:
        return self._read(self.client.get_endpoint, "EndpointResponse", EndpointId=endpoint)

    def endpoints(self, user: str) -> list[dict[str, Any]]:
        found = self._read(self.client.get_user_endpoints, "EndpointsResponse", UserId=user)
        return found["Item"] if found else []

    def _read(self, call: Any, part: str, **named: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = call(ApplicationId="a", **named)[part]
        except self.client.exceptions.NotFoundException:
            return None
        return found


PHONE = {
    "Address": "token-1",
    "ChannelType": "APNS",
    "OptOut": "NONE",
    "Demographic": {"Model": "iPhone16,1", "Platform": "ios"},
    "Metrics": {"points": 41.0},
    "User": {"UserId": "u1", "UserAttributes": {"tier": ["gold"], "likes": ["tea", "music"]}},
}

MAIL = {"Address": "ana@shop.example", "ChannelType": "EMAIL", "User": {"UserId": "u1"}}
