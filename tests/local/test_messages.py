"""Campaigns on the deployed stack: who gets a message, how often, and why somebody gets none."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.local.shop import SHOP, Shop, counted, eventually, identify, settled, track

pytestmark = pytest.mark.local


def purchase(
    user: str, amount: float, currency: str = "USD", message_id: str | None = None
) -> dict[str, object]:
    return track(user, "Complete Purchase", message_id, amount=amount, currency=currency)


def test_a_big_purchase_sends_one_sms_with_the_amount_in_it(shop: Shop) -> None:
    shop.accept(identify("buyer", phone="+12025550100", consents={"sms": True}))
    shop.accept(purchase("buyer", 999), purchase("buyer", 1500, "JPY"), purchase("buyer", 1500))

    eventually(lambda: shop.messages("buyer"), settled)
    eventually(lambda: shop.person("buyer"), lambda person: counted(person, "Complete Purchase") == 3)

    assert shop.texts("+12025550100") == ["Thank you for your order of 1500 USD. The Shop"]
    (message,) = shop.headrace("messages", "--user", "buyer")
    assert message["campaign"] == "big-order"
    assert message["channel"] == "sms"
    assert message["status"] == "sent"
    assert message["reason"] is None
    assert message["to"] == "+12025550100"


def test_the_same_batch_posted_three_times_is_one_message_one_count_and_one_row(shop: Shop) -> None:
    shop.accept(identify("thrice", phone="+12025550101", consents={"sms": True}))
    for _ in range(3):
        shop.accept(purchase("thrice", 2000, message_id="thrice-1"))
    shop.accept(track("thrice", "Login"))  # after the three, and so counted after them

    eventually(lambda: shop.person("thrice"), lambda person: counted(person, "Login") == 1)
    eventually(lambda: shop.messages("thrice"), settled)
    eventually(
        lambda: shop.rows("select event_id from events where user_id = 'thrice' and name = 'Login'"),
        lambda rows: len(rows) == 1,
    )

    assert counted(shop.person("thrice"), "Complete Purchase") == 1
    assert len(shop.messages("thrice")) == 1
    assert shop.texts("+12025550101") == ["Thank you for your order of 2000 USD. The Shop"]
    assert shop.rows("select count(*) from events_raw where event_id = 'thrice-1'") == [(1,)]
    assert [event["name"] for event in shop.headrace("timeline", "thrice")].count("Complete Purchase") == 1


def test_after_consent_was_withdrawn_none_is_sent_and_the_log_says_why(shop: Shop) -> None:
    shop.accept(identify("withdrawn", phone="+12025550102", consents={"sms": True}))
    shop.accept(identify("withdrawn", consents={"sms": False}))
    shop.accept(purchase("withdrawn", 1500))

    eventually(lambda: shop.messages("withdrawn"), settled)

    (message,) = shop.headrace("messages", "--user", "withdrawn")
    assert (message["status"], message["reason"]) == ("skipped", "consent_withdrawn")
    assert "to" in message
    assert shop.texts("+12025550102") == []
    assert shop.person("withdrawn")["consents"] == {"sms": False}


def test_without_a_consent_or_to_a_country_not_allowed_none_is_sent(shop: Shop) -> None:
    shop.accept(identify("silent", phone="+12025550103"), purchase("silent", 1500))
    shop.accept(identify("abroad", phone="+4915112345678", consents={"sms": True}), purchase("abroad", 1500))

    eventually(lambda: shop.messages("silent"), settled)
    eventually(lambda: shop.messages("abroad"), settled)

    assert [message["reason"] for message in shop.messages("silent")] == ["consent_not_given"]
    assert [message["reason"] for message in shop.messages("abroad")] == ["country_not_allowed"]


def test_a_push_goes_to_the_persons_device_and_is_on_record(shop: Shop) -> None:
    device = {"device": {"id": "phone-1", "type": "android", "token": "fcm-token-of-the-test"}}
    shop.accept({**identify("mobile", consents={"push": True}), "context": device})
    shop.accept(track("mobile", "Add To Cart", item_id="K-17", name="Loom"))

    (message,) = eventually(lambda: shop.messages("mobile"), settled)

    assert (message["campaign"], message["channel"], message["status"]) == ("good-choice", "push", "sent")
    assert message["to"] == "android/phone-1"
    assert shop.person("mobile")["devices"][0]["platform"] == "android"


def test_a_message_sent_is_an_event_of_its_person(shop: Shop) -> None:
    shop.accept(
        identify("welcomed", email="welcomed@example.com", first_name="Ann"),
        track("welcomed", "Registration"),
    )

    eventually(lambda: shop.person("welcomed"), lambda person: counted(person, "Notification Sent") == 1)

    sent = [event for event in shop.headrace("timeline", "welcomed") if event["name"] == "Notification Sent"]
    assert len(sent) == 1
    assert sent[0]["type"] == "system"
    assert sent[0]["source"] == "headrace"


@pytest.fixture
def receiver() -> Iterator[tuple[int, list[tuple[dict[str, str], bytes]]]]:
    """A web server on the loopback: its port, and the headers and body of each request it got."""
    received: list[tuple[dict[str, str], bytes]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((dict(self.headers.items()), body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class's name
            """Nothing on the terminal."""

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port, received
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_webhook_arrives_signed_with_its_secret(
    shop: Shop,
    apply: Callable[..., None],
    receiver: tuple[int, list[tuple[dict[str, str], bytes]]],
) -> None:
    port, received = receiver
    settings = (SHOP / "workspace.yaml").read_text()
    apply(
        workspace=f"{settings}\n  webhooks:\n    crm: {{url: 'http://127.0.0.1:{port}/hook?key=1'}}\n",
        plan__bell="events:\n  Ring Bell:\n    properties:\n      times: {type: integer}\n",
        campaigns__bell=(
            "campaigns:\n  bell:\n    event: Ring Bell\n    channel: webhook\n    webhook: crm\n    template: bell\n"
        ),
        templates__bell=(
            "templates:\n  bell:\n    channel: webhook\n"
            '    body: \'{"person": {{ person.user_id | json }}, "times": {{ properties.times }}}\'\n'
        ),
    )

    shop.accept(track("ringer", "Ring Bell", times=3))
    ((headers, body),) = eventually(lambda: list(received), bool)
    (message,) = eventually(lambda: shop.messages("ringer"), settled)

    expected = hmac.new(
        shop.webhook_secret("crm").encode(),
        headers["Headrace-Timestamp"].encode() + b"." + body,
        hashlib.sha256,
    ).hexdigest()
    assert headers["Headrace-Signature"] == f"v1={expected}"
    assert json.loads(body)["times"] == 3
    assert message["status"] == "sent"
    assert message["to"] == f"http://127.0.0.1:{port}/hook"
