"""The sample events: a visitor who becomes a customer, sent by Segment's own Python library as it comes from PyPI."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from segment.analytics.client import Client

VISITOR, CUSTOMER = "ada-laptop", "ada"

LIBRARY = f"segment-analytics-python {version('segment-analytics-python')}"

EMAIL, PHONE = "ada@example.com", "+12025550123"
"""An address and a number that are set aside for examples and reach nobody."""


def send(collect_url: str, write_key: str) -> list[str]:
    """Send them as a visit of some minutes that ends now.

    Each has an id of its own, so that they count once however often they are sent.

    Returns what went wrong, by the library's account; what was rejected goes to `headrace rejected list`.
    """
    failures: list[str] = []
    client = Client(
        write_key, host=collect_url, max_retries=3, on_error=lambda error, _: failures.append(str(error))
    )
    now = datetime.now(UTC)
    client.page(
        anonymous_id=VISITOR, name="Home", timestamp=now - timedelta(minutes=4), message_id="sample-1"
    )
    client.track(
        anonymous_id=VISITOR,
        event="View Item",
        properties={"item_id": "K-17", "name": "Loom", "price": 1500, "currency": "USD"},
        timestamp=now - timedelta(minutes=3),
        message_id="sample-2",
    )
    client.identify(
        user_id=CUSTOMER,
        anonymous_id=VISITOR,
        traits={"first_name": "Ada", "email": EMAIL, "phone": PHONE, "consents": {"sms": True}},
        timestamp=now - timedelta(minutes=2),
        message_id="sample-3",
    )
    client.track(
        user_id=CUSTOMER,
        event="Registration",
        properties={"method": "email"},
        timestamp=now - timedelta(minutes=2),
        message_id="sample-4",
    )
    client.track(
        user_id=CUSTOMER,
        event="Complete Purchase",
        properties={"amount": 1500, "currency": "USD", "order_id": "1001"},
        timestamp=now - timedelta(minutes=1),
        message_id="sample-5",
    )
    client.track(
        user_id=CUSTOMER,
        event="Complete Purchase",
        properties={"amount": "a fortune", "currency": "USD", "order_id": "1002"},
        timestamp=now,
        message_id="sample-6",
    )
    client.shutdown()
    return failures
