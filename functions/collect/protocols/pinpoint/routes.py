"""The operations of Pinpoint's API that bring events and endpoints, or ask for endpoints."""

from __future__ import annotations

from functions.collect.adapter.wire_format import Route

EVENTS = "put_events"
ENDPOINT = "update_endpoint"
ENDPOINTS = "update_endpoints_batch"
GET_ENDPOINT, DELETE_ENDPOINT = "get_endpoint", "delete_endpoint"
GET_USER, DELETE_USER = "get_user_endpoints", "delete_user_endpoints"

ONE_ENDPOINT = "/v1/apps/{app}/endpoints/{endpoint+}"
ONE_USER = "/v1/apps/{app}/users/{user+}"

ROUTES = (
    Route("POST", "/v1/apps/{app}/events", EVENTS, "Events of endpoints, and the endpoints themselves."),
    Route("PUT", ONE_ENDPOINT, ENDPOINT, "A device or an address of a person."),
    Route("PUT", "/v1/apps/{app}/endpoints", ENDPOINTS, "Up to 100 devices or addresses."),
    Route("GET", ONE_ENDPOINT, GET_ENDPOINT, "A device or an address, as it is known.", "private"),
    Route(
        "DELETE", ONE_ENDPOINT, DELETE_ENDPOINT, "A device or an address that is to be forgotten.", "private"
    ),
    Route("GET", ONE_USER, GET_USER, "Every device and address of a person.", "private"),
    Route("DELETE", ONE_USER, DELETE_USER, "A person whose devices and addresses go.", "private"),
)
