"""Bodies of User.com's calls: an event, a person, or what an app sends.

https://apidocs.user.com/
Nothing here has been checked when it is read: a field that is `object` may hold anything, and any field may be missing.
Imported for type checkers alone: no request needs it.
"""

from __future__ import annotations

from typing import TypedDict


class Event(TypedDict, total=False):
    """`timestamp` counts seconds since 1970. `event_type` is a product event's."""

    name: object
    event_type: object
    timestamp: object
    data: object
    user_id: object
    client: object
    user_custom_id: object
    custom_id: object
    user_key: object
    email: object
    product_id: object


class User(TypedDict, total=False):
    """In the API's first version the custom id is called `user_id`."""

    id: object
    custom_id: object
    user_id: object
    key: object
    user_key: object
    email: object
    phone_number: object
    first_name: object
    last_name: object
    tags: object
    attributes: object
