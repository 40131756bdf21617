"""Events written in the page's HTML."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.capture import Capture
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

STAY = "<script>addEventListener('submit', event => event.preventDefault())</script>"


def loaded(tab: Page) -> Page:
    tab.wait_for_function("headrace.version")
    return tab


def only(collector: Capture) -> dict[str, Any]:
    """The one event that an element sent."""
    collector.until(lambda capture: capture.of_type("track"))
    (event,) = collector.of_type("track")
    return event


def test_a_click_sends_the_elements_event_and_properties(visit: Visit, collector: Capture) -> None:
    attributes = (
        'data-hr-event="Add To Cart" data-hr-price="39" data-hr-item-id="a-7" data-hr-name="Ring & <Co>"'
        ' data-hr-vat="39.90"'
        ' data-hr-code="007" data-hr-gift="true" data-hr-item_size="9.5" data-hr-note="" data-other="x"'
    )
    loaded(visit(f"<button {attributes}>Buy</button>")).click("button")

    event = only(collector)
    assert event["event"] == "Add To Cart"
    assert event["properties"] == {
        "price": 39, "itemId": "a-7", "name": "Ring & <Co>", "vat": "39.90", "code": "007", "gift": "true",
        "item_size": 9.5, "note": "",
    }  # fmt: skip


def test_a_click_inside_an_element_is_its_click_and_the_innermost_one_counts(
    visit: Visit, collector: Capture
) -> None:
    tab = visit(
        '<div data-hr-event="Outer"><a data-hr-event="Inner"><svg width=20 height=20><circle r=20 /></svg></a></div>'
    )
    loaded(tab).click("circle")

    assert only(collector)["event"] == "Inner"


def test_elements_that_come_later_and_handlers_that_stop_events_do_not_matter(
    visit: Visit, collector: Capture
) -> None:
    tab = loaded(visit())
    tab.evaluate(
        "document.body.innerHTML = '<p><button data-hr-event=Late>x</button></p>';"
        "document.querySelector('p').addEventListener('click', event => event.stopPropagation());"
        "document.querySelector('button').onclick = event => event.stopImmediatePropagation(); 0"
    )
    tab.click("button")

    assert only(collector)["event"] == "Late"


def test_an_element_in_an_open_shadow_tree_counts(visit: Visit, collector: Capture) -> None:
    tab = loaded(visit("<div id=host></div>"))
    tab.evaluate(
        "host.attachShadow({mode: 'open'}).innerHTML = '<button data-hr-event=Shadow><b>x</b></button>'"
    )
    tab.click("b")

    assert only(collector)["event"] == "Shadow"


def test_a_link_is_followed_and_its_event_arrives(visit: Visit, shop: Capture, collector: Capture) -> None:
    shop.pages["/next"] = "next"
    tab = loaded(visit("<a href=/next data-hr-event=Left>go</a>", batchSeconds=60))
    tab.click("a")
    tab.wait_for_url("**/next")

    assert only(collector)["event"] == "Left"


def test_a_form_is_sent_when_it_is_submitted_not_when_it_is_clicked(visit: Visit, collector: Capture) -> None:
    tab = loaded(
        visit(
            '<form data-hr-event="Sign Up" data-hr-place="footer"><input name=email><button>Go</button></form>'
            + STAY
        )
    )
    tab.fill("input", "ana@shop.example")
    tab.click("input")
    tab.click("button")

    event = only(collector)
    assert event["event"] == "Sign Up"
    assert event["properties"] == {"place": "footer"}


def test_a_forms_listed_fields_are_properties(visit: Visit, collector: Capture) -> None:
    form = """<form data-hr-event="Sign Up" data-hr-fields="name, plan colours,terms,missing">
    <input name=name><input name=other value=secret>
    <input type=radio name=plan value=free><input type=radio name=plan value=gold checked>
    <select name=colours multiple><option selected>red<option selected>blue<option>green</select>
    <input type=checkbox name=terms><button>Go</button></form>"""
    tab = loaded(visit(form + STAY))
    tab.fill("[name=name]", "Ana")
    tab.click("button")

    assert only(collector)["properties"] == {"name": "Ana", "plan": "gold", "colours": ["red", "blue"]}


def test_secrets_are_never_sent_even_when_they_are_listed(visit: Visit, collector: Capture) -> None:
    form = """<form data-hr-event="Log In" data-hr-fields="user,secret,password,card,code,again">
    <input name=user value=ana>
    <input type=password name=secret value=s1>
    <input type=text name=password value=s2>
    <input name=card autocomplete=cc-number value=s3>
    <input name=code autocomplete=one-time-code value=s4>
    <input type=text name=again autocomplete=current-password value=s5><button>Go</button></form>"""
    tab = loaded(visit(form + STAY))
    tab.click("button")

    assert only(collector)["properties"] == {"user": "ana"}


def test_collectors_can_be_switched_off(visit: Visit, collector: Capture) -> None:
    tab = loaded(visit("<button data-hr-event=No>x</button>", collectors=False))
    tab.click("button")
    tab.evaluate("headrace.track('Done')")

    collector.until_named("Done")
    assert "No" not in collector.names()
