"""Under `/api/public` the REST API, which servers ask; under `/api/sdk` what apps send.

`{id}` is a user's number, which User.com gives; `{custom_id}` the id that the customer gives.
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import Kind, Route

REST, SDK = "/api/public", "/api/sdk/v1"

USERS = (f"{REST}/users/{{id}}", f"{REST}/users-by-id/{{custom_id}}")
PRODUCTS = (f"{REST}/products/{{product}}", f"{REST}/products-by-id/{{product}}")

DELETE_USER = "delete_user"


def _both(
    method: str, paths: tuple[str, str], after: str, call: str, summary: str, kind: Kind = "events"
) -> tuple[Route, ...]:
    return tuple(Route(method, path + after, call, summary, kind) for path in paths)


ROUTES = (
    Route("POST", f"{REST}/events", "event", "An event of a person."),
    *_both("POST", USERS, "/events", "event", "An event of a person."),
    *_both("POST", PRODUCTS, "/product_event", "product_event", "What a person did with a product."),
    Route("POST", f"{REST}/users", "user", "A person's traits."),
    Route("POST", f"{REST}/users/update_or_create", "user", "A person's traits."),
    *_both("PUT", USERS, "", "user", "A person's traits."),
    *_both("POST", USERS, "/set_attribute", "set_attribute", "One trait of a person."),
    *_both("POST", USERS, "/set_multiple_attributes", "set_attributes", "Several traits of a person."),
    Route("GET", f"{REST}/users/search", "search", "A person by email or key.", "private"),
    *_both("GET", USERS, "", "read_user", "What is known of a person.", "private"),
    *_both("DELETE", USERS, "", DELETE_USER, "Not here: people are not deleted by a collect key.", "open"),
    *_both(
        "GET", PRODUCTS, "/details", "product", "A product's number. Nothing else is kept of it.", "settings"
    ),
    Route("POST", f"{SDK}/ping", "ping", "The app was opened: who uses it, on which device."),
    Route("POST", f"{SDK}/event", "sdk_event", "An event of the person who uses the app."),
    Route("POST", f"{SDK}/product_event", "sdk_event", "What that person did with a product."),
    Route("POST", f"{SDK}/screen_event", "screen_event", "A screen that person opened."),
    Route(
        "POST", f"{SDK}/{{type}}/{{id}}/{{action}}", "notification", "What that person did with a message."
    ),
)
