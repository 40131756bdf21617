"""Pages written for other vendors' scripts, which load ours instead."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from functions.collect.protocols.clevertap import standard_events as clevertap
from functions.collect.protocols.netmera import standard_events as netmera
from functions.collect.protocols.netmera.properties import translated
from functions.collect.protocols.user_com import product_events
from functions.collect.protocols.user_com.traits import as_traits
from tests.browser.capture import ROOT, Capture
from tests.browser.pages import page, snippet

SHIMS = ROOT / "functions" / "collect" / "tag" / "src" / "shims"


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    return context.new_page()


def named(collector: Capture, name: str) -> dict[str, Any]:
    (event,) = [event for event in collector.events if event.get("event", event["type"]) == name]
    return event


@pytest.mark.browser
def test_a_page_of_user_com_works_when_its_widget_is_ours(
    tab: Page, shop: Capture, collector: Capture
) -> None:
    shop.pages["/"] = page(
        '<script>window.civchat = {apiKey: "k1", user_id: "u1", email: "ana@shop.example",'
        'vip: true, state: "simple"}</script>',
        f'<script src="{collector.url}/flow-userengage.js"></script>',
        '<script>userengage("event.order_paid", {price: 39.5})</script>',
    )
    tab.goto(shop.url)
    tab.wait_for_function("headrace.version")
    tab.evaluate(
        "UE.pageHit({apiKey: 'k1', URL: '/thanks', plan: 'gold', event: {event_name: 'popup', n: 1}})"
    )
    tab.evaluate("userengage('product_event', {product_id: 'p1', event_type: 'add to cart', price: 5})")
    tab.evaluate("UE.resetAuth({apiKey: 'k1'}); userengage('event.after'); headrace.flush()")

    collector.until_named("order_paid", "popup", "Add To Cart", "after")
    assert collector.sent[0].body["writeKey"] == "k1"
    first, hit = collector.of_type("identify")
    assert (first["userId"], first["traits"]) == ("u1", {"email": "ana@shop.example", "vip": True})
    assert (hit["userId"], hit["traits"]) == ("u1", {"plan": "gold"})
    assert named(collector, "order_paid")["properties"] == {"price": 39.5}
    assert named(collector, "popup")["properties"] == {"n": 1}
    assert named(collector, "Add To Cart")["properties"] == {"item_id": "p1", "price": 5}
    assert [event["properties"]["url"] for event in collector.of_type("page")] == [f"{shop.url}/", "/thanks"]
    assert "userId" not in named(collector, "after")


CLEVERTAP_SNIPPET = """<script>
var clevertap = {event: [], profile: [], account: [], onUserLogin: [], notifications: [], privacy: []};
clevertap.account.push({"id": "k1"});
clevertap.privacy.push({optOut: false}); clevertap.privacy.push({useIP: false});
clevertap.event.push("Product viewed", {"Product name": "Ring", "Price": 59.99, "When": "$D_1763740800"}, "Alone");
clevertap.onUserLogin.push({"Site": {"Name": "Ana", "Identity": 61026032, "Email": "ana@shop.example",
    "Phone": 14155551234, "Gender": "F", "DOB": "$D_19800131", "MSG-email": false, "MSG-push": true,
    "Customer Type": "Gold"}});
var held = clevertap.event;
</script>"""


@pytest.mark.browser
def test_a_page_of_clevertap_works_when_its_script_is_ours(
    tab: Page, shop: Capture, collector: Capture
) -> None:
    shop.pages["/"] = page(
        CLEVERTAP_SNIPPET, f'<script async src="{collector.url}/flow-clevertap.js"></script>'
    )
    tab.goto(shop.url)
    tab.wait_for_function("window.headrace && headrace.version")
    tab.evaluate(
        "held.push('Charged', {Amount: 300, 'Payment mode': 'card', 'Charged ID': 24052013,"
        " Items: [{Name: 'Ring', Category: 'jewels', Quantity: 1}]})"
    )
    tab.evaluate("clevertap.profile.push({Site: {DOB: new Date(1991, 4, 7), Since: new Date(0)}})")
    tab.evaluate("clevertap.notifications.push({}); clevertap.addMultiValueForKey('a', 'b')")
    assert tab.evaluate("clevertap.getCleverTapID() === headrace.ids().anonymousId")
    tab.evaluate("clevertap.logout(); clevertap.event.push('After'); headrace.flush()")

    collector.until_named("Product viewed", "Alone", "Complete Purchase", "After")
    assert collector.sent[0].body["writeKey"] == "k1"
    viewed = {"Product name": "Ring", "Price": 59.99, "When": "2025-11-21T16:00:00.000Z"}
    assert named(collector, "Product viewed")["properties"] == viewed
    assert named(collector, "Alone")["properties"] == {}
    login, profile = collector.of_type("identify")
    assert login["userId"] == "61026032"
    assert login["traits"] == {
        "name": "Ana", "email": "ana@shop.example", "phone": "+14155551234", "gender": "F", "birthday": "1980-01-31",
        "Customer Type": "Gold", "consents": {"email": False, "push": True},
    }  # fmt: skip
    assert profile["traits"] == {"birthday": "1991-05-07", "Since": "1970-01-01T00:00:00.000Z"}
    assert named(collector, "Complete Purchase")["properties"] == {
        "amount": 300, "payment_method": "card", "order_id": "24052013", "item_count": 1,
        "items": [{"name": "Ring", "category": "jewels", "quantity": 1}],
    }  # fmt: skip
    assert named(collector, "Complete Purchase")["userId"] == "61026032"
    assert "userId" not in named(collector, "After")


@pytest.mark.browser
def test_opting_out_of_clevertap_is_a_denial(tab: Page, shop: Capture, collector: Capture) -> None:
    opted_out = CLEVERTAP_SNIPPET.replace("optOut: false", "optOut: true")
    shop.pages["/"] = page(opted_out, f'<script async src="{collector.url}/flow-clevertap.js"></script>')
    tab.goto(shop.url)
    tab.wait_for_function("window.headrace && headrace.version")
    tab.wait_for_timeout(200)
    assert tab.evaluate("Object.keys(localStorage)") == []
    tab.evaluate("clevertap.privacy.push({optOut: false}); clevertap.event.push('Again'); headrace.flush()")

    collector.until_named("Again")
    assert collector.names() == ["Again"]


@pytest.mark.browser
def test_a_page_of_netmera_works_beside_the_tag(tab: Page, shop: Capture, collector: Capture) -> None:
    shop.pages["/"] = page(
        snippet(collector.url),
        """<script>
        var netmera = netmera || [];
        netmera.push(function (api) {
            var user = api.getUser();
            user.setCustomId("u1"); user.setName("Ana"); user.setSurName("Lee"); user.setEmail("ana@shop.example");
            user.setGsmNo("+905471234567"); user.addProfileAttr("plan", "gold");
            user.save().then(function () { window.saved = true; });
        });
        netmera.push(function (api) {
            api.sendEvent({code: "n:vp", ea: "p1", eb: "Ring", eq: 59.9, ef: ["jewels", "gold"]});
        });
        </script>""",
        f'<script async src="{collector.url}/flow-netmera.js"></script>',
    )
    tab.goto(shop.url)
    tab.wait_for_function("window.saved")
    tab.evaluate("netmera.push(function (api) { api.sendEvent({code: 'oyeqw', ea: 'own'}) })")
    tab.evaluate("netmera.push(function (api) { api.sendEvent({code: 'n:sv', ea: 'Cart', el: 3}) })")

    collector.until_named("View Item", "oyeqw", "screen")
    identify = named(collector, "identify")
    assert identify["userId"] == "u1"
    assert identify["traits"] == {
        "first_name": "Ana", "last_name": "Lee", "email": "ana@shop.example", "phone": "+905471234567", "plan": "gold",
    }  # fmt: skip
    viewed = {"item_id": "p1", "name": "Ring", "price": 59.9, "category": "jewels, gold"}
    assert named(collector, "View Item")["properties"] == viewed
    assert named(collector, "oyeqw")["properties"] == {"ea": "own"}
    assert named(collector, "screen")["name"] == "Cart"


def translated_by_the_shim(module: str, *given: Any, function: str = "translated") -> list[Any]:
    """What the shim's own translation makes of each list of arguments."""
    script = (
        f"import {{ {function} }} from {json.dumps(str(SHIMS / module))};"
        f"console.log(JSON.stringify({json.dumps(given)}.map((given) => {function}(...given))))"
    )
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script], capture_output=True, text=True, check=True, timeout=30
    )
    found: list[Any] = json.loads(done.stdout)
    return found


SHORT = {
    code: [key for key in (*standard.attributes, "items") if len(key) == 2 or key in ("uid", "items")]
    for code, standard in netmera.CODES.items()
}


def test_netmeras_standard_events_are_named_as_collect_names_them() -> None:
    events = [
        {"code": code, **{key: f"value of {key}" for key in keys}, "own": 1} for code, keys in SHORT.items()
    ]
    items = [{"id": "p1", "eb": "Ring", "ec": 2, "ef": ["a", "b"]}]
    events += [
        {"code": "n:ph", "es": 39, "items": items},
        {"code": "n:vc", "ed": 3},
        {"code": "own", "ea": 1},
    ]

    expected = [[event.name, event.properties] for event in map(translated, events)]
    assert translated_by_the_shim("netmera_events.js", *([event] for event in events)) == expected


def test_clevertaps_purchase_is_named_as_collect_names_it() -> None:
    items = [{"Product Name": "Ring", "SKU": "r1", "Item ID": "r2", "own": 1}]
    purchases: list[dict[str, Any]] = [
        {
            "Amount": 300,
            "Currency": "USD",
            "Payment Mode": "card",
            "Charged ID": 7,
            "Items": items,
            "Own Name": "x",
        },
        {"amount": 1, "Amount": 2, "coupon_code": "A", "Shipping": 3, "tax": 4, "Discount": 5},
        {"Item count": 4, "Items": [{"Quantity": 1}]},
        {"Items": [{"Quantity": 2}, {"Quantity": "3"}, {}]},
        {"Items": [{"Quantity": 0.5}]},
        {"Items": [{"Quantity": "many"}]},
        {"Items": []},
        {},
    ]

    expected = [list(clevertap.translated("Charged", data)) for data in purchases]
    assert (
        translated_by_the_shim("clevertap_purchase.js", *(["Charged", data] for data in purchases))
        == expected
    )


def test_user_coms_product_events_are_named_as_collect_names_them() -> None:
    item = {
        "product_id": "p1",
        "name": "Ring",
        "category_name": "jewels",
        "price": 19.9,
        "quantity": 3,
        "own": "x",
    }
    given = [(type_, item) for type_ in product_events.NAMES]
    given += [
        ("purchase", {"product_id": "p1"}),
        ("purchase", {"price": "0.1", "quantity": "3", "amount": 7}),
    ]
    given += [
        ("view", {"category": "a", "category_name": "b"}),
        ("purchase", {"price": "x", "quantity": 1.5}),
    ]

    expected = []
    for type_, data in given:
        name = product_events.NAMES[type_]
        expected.append([name, product_events.properties_of(name, None, data)])
    events = [[{"event_type": type_, **data}] for type_, data in given]
    assert translated_by_the_shim("userengage_names.js", *events) == expected


def test_user_coms_attributes_are_named_as_collect_names_them() -> None:
    people: list[dict[str, Any]] = [
        {"phone_number": "+1", "gravatar_url": "u", "email": "ana@shop.example", "own": [1]},
        {"unsubscribed": True, "name": "Ana"},
        {"unsubscribed": "yes"},
    ]

    expected = [as_traits(person) for person in people]
    found = translated_by_the_shim(
        "userengage_names.js", *([person] for person in people), function="traitsOf"
    )
    assert found == expected
