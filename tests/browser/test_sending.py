"""Events arrive, once: batches, failures, no network, pages that are left, several tabs."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.capture import Answer, Capture
from tests.browser.conftest import Visit
from tests.browser.pages import page, snippet

pytestmark = pytest.mark.browser

STORED = (
    "Object.keys(localStorage).filter(key => key.startsWith('headrace.queue.')).map(key => localStorage[key])"
)
HIDE = (
    "Object.defineProperty(document, 'visibilityState', {value: 'hidden'});"
    "document.dispatchEvent(new Event('visibilitychange'))"
)


def ids(collector: Capture) -> list[str]:
    return [event["messageId"] for sent in collector.sent for event in sent.body["batch"]]


def test_what_happens_within_the_batchs_time_is_sent_together(visit: Visit, collector: Capture) -> None:
    visit(batchSeconds=0.3, calls="for (let i = 0; i < 5; i++) headrace.track('T' + i);")

    collector.until_named("T4", "page")
    assert len(collector.sent) == 1


def test_a_full_batch_is_sent_at_once(visit: Visit, collector: Capture) -> None:
    tab = visit(batchSeconds=60, batchEvents=5, pages=False)
    tab.wait_for_function("headrace.version")
    tab.evaluate("for (let i = 0; i < 12; i++) headrace.track('T' + i)")

    collector.until_named("T4")
    assert max(len(sent.body["batch"]) for sent in collector.sent) == 5


def test_flush_sends_now_and_says_when_it_is_done(visit: Visit, collector: Capture) -> None:
    tab = visit(batchSeconds=60, pages=False)
    tab.wait_for_function("headrace.version")
    tab.evaluate("headrace.track('T'); headrace.flush()")

    assert collector.names() == ["T"]


def test_a_retry_after_503_brings_the_same_events_once(visit: Visit, collector: Capture) -> None:
    collector.fail(2, 503)
    visit(calls='headrace.track("One"); headrace.track("Two");')

    collector.until_named("One", "Two", "page")
    assert [sent.status for sent in collector.sent] == [503, 503, 200]
    tried = [[event["messageId"] for event in sent.body["batch"]] for sent in collector.sent]
    assert tried[0] == tried[1] == tried[2]
    assert collector.sent[2].at - collector.sent[0].at > 2.5
    assert collector.sent[0].body["sentAt"] < collector.sent[2].body["sentAt"]


def test_what_happens_while_the_collector_fails_waits_too(visit: Visit, collector: Capture) -> None:
    collector.fail(1, 429, retry_after="2")
    tab = visit(calls='headrace.track("One");')
    collector.until(lambda capture: capture.sent)
    tab.evaluate("headrace.track('Two')")

    collector.until_named("One", "Two")
    assert [sent.status for sent in collector.sent] == [429, 200]
    assert collector.sent[1].at - collector.sent[0].at >= 2


def test_the_next_page_keeps_to_retry_after_as_well(visit: Visit, collector: Capture) -> None:
    collector.fail(1, 503, retry_after="2")
    tab = visit(calls='headrace.track("One");')
    collector.until(lambda capture: capture.sent)
    visit(tab=tab, path="/next")

    collector.until(lambda capture: len(capture.of_type("page")) == 2)
    assert collector.sent[1].at - collector.sent[0].at >= 2
    assert sorted(collector.names()) == ["One", "page", "page"]


def test_what_the_collector_refuses_is_not_sent_again(
    visit: Visit, collector: Capture, context: BrowserContext
) -> None:
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type == "warning" else None)
    collector.fail(1, 400)
    visit(tab=tab, calls='headrace.track("Wrong");')
    collector.until(lambda capture: capture.sent)
    tab.evaluate("headrace.track('Right')")

    collector.until_named("Right")
    assert collector.names() == ["Right"]
    assert any("headrace: refused 400" in complaint for complaint in complaints)


def test_an_event_that_is_refused_among_others_is_told_on_the_console(
    visit: Visit, collector: Capture, context: BrowserContext
) -> None:
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type == "warning" else None)
    reasons = [{"code": "unknown_event", "field": "name", "message": "the tracking plan has no event Wrong"}]
    collector.answers.append(Answer(body={"success": True, "rejected": [{"index": 0, "reasons": reasons}]}))
    visit(tab=tab, calls='headrace.track("Wrong");')
    collector.until_named("Wrong")
    tab.wait_for_timeout(100)

    assert len(complaints) == 1
    assert "the tracking plan has no event Wrong" in complaints[0]


def test_a_log_of_the_pages_own_that_throws_stops_nothing(
    shop: Capture, collector: Capture, context: BrowserContext
) -> None:
    collector.fail(1, 503, retry_after="0.2")
    thrower = '"batchSeconds": 0.05, log: function () { throw Error("the page\'s own") }'
    shop.pages["/"] = page(snippet(collector.url).replace('"batchSeconds": 0.05', thrower))
    tab = context.new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(error.message))
    tab.goto(shop.url)
    collector.until_named("page")
    tab.wait_for_timeout(100)

    assert errors == ["the page's own"] * 2


def test_what_happens_offline_is_sent_once_online(
    visit: Visit, collector: Capture, context: BrowserContext
) -> None:
    tab = visit()
    collector.until_named("page")
    context.set_offline(True)
    tab.evaluate("for (let i = 0; i < 3; i++) headrace.track('T' + i)")
    tab.wait_for_timeout(300)
    assert collector.names() == ["page"]
    context.set_offline(False)

    collector.until_named("T0", "T1", "T2")
    assert len(ids(collector)) == len(set(ids(collector))) == 4


def test_what_happens_offline_outlives_the_page(
    visit: Visit, collector: Capture, context: BrowserContext
) -> None:
    tab = visit()
    collector.until_named("page")
    context.set_offline(True)
    tab.evaluate("headrace.track('Offline')")
    tab.wait_for_timeout(200)
    tab.close()
    context.set_offline(False)
    visit(path="/later")

    collector.until_named("Offline")
    collector.until(lambda capture: len(capture.of_type("page")) == 2)
    assert len(ids(collector)) == len(set(ids(collector))) == 3


def test_a_hidden_page_sends_by_beacon_and_never_again(visit: Visit, collector: Capture) -> None:
    tab = visit(batchSeconds=0.5)
    collector.until_named("page")
    tab.wait_for_function(f"() => !{STORED}.length")  # the page knows that its first view is there
    tab.evaluate(f"headrace.track('Last'); {HIDE}")
    collector.until_named("Last")
    assert tab.evaluate(STORED) == []
    tab.wait_for_timeout(700)

    assert collector.names().count("Last") == 1
    assert collector.sent[-1].headers["content-type"] == "text/plain"


def test_leaving_the_page_sends_what_is_left(visit: Visit, shop: Capture, collector: Capture) -> None:
    shop.pages["/elsewhere"] = "bye"
    tab = visit(batchSeconds=60, pages=False)
    tab.wait_for_function("headrace.version")
    tab.evaluate("headrace.track('Last')")
    tab.goto(f"{shop.url}/elsewhere")

    collector.until_named("Last")
    assert tab.evaluate(STORED) == []


def test_a_beacon_carries_at_most_64_kb(visit: Visit, collector: Capture) -> None:
    tab = visit(batchSeconds=60, pages=False)
    tab.wait_for_function("headrace.version")
    tab.evaluate("window.sizes = []; navigator.sendBeacon = (url, blob) => window.sizes.push(blob.size); 0")
    tab.evaluate(
        f"for (let i = 0; i < 10; i++) headrace.track('T' + i, {{text: '\u00e4'.repeat(7000)}}); {HIDE}"
    )

    sizes = tab.evaluate("window.sizes")
    assert len(sizes) == 3
    assert max(sizes) <= 64 * 1024
    assert tab.evaluate(STORED) == []


def test_what_no_beacon_takes_is_sent_by_the_next_page(visit: Visit, collector: Capture) -> None:
    tab = visit(batchSeconds=60, pages=False)
    tab.wait_for_function("headrace.version")
    tab.evaluate(f"navigator.sendBeacon = () => false; headrace.track('Kept'); {HIDE}")
    assert collector.sent == []
    visit(path="/next")

    collector.until_named("Kept", "page")
    assert collector.names().count("Kept") == 1


def test_no_beacon_is_risked_while_the_collector_fails(visit: Visit, collector: Capture) -> None:
    collector.fail(1, 503, retry_after="1")
    tab = visit(calls='headrace.track("Kept");')
    collector.until(lambda capture: capture.sent)
    tab.wait_for_timeout(100)
    tab.close(run_before_unload=True)
    time.sleep(0.3)
    assert len(collector.sent) == 1
    visit(path="/next")

    collector.until_named("Kept")
    assert collector.names().count("Kept") == 1


def test_tabs_do_not_send_each_others_events(visit: Visit, collector: Capture) -> None:
    collector.answers.append(Answer(seconds=0.5))  # one tab's request is under way
    one = visit(calls='headrace.track("From one");')
    two = visit(path="/two", calls='headrace.track("From two");')
    one.evaluate("headrace.track('One again')")
    two.evaluate("headrace.track('Two again')")

    collector.until_named("From one", "From two", "One again", "Two again")
    collector.until(lambda capture: len(capture.of_type("page")) == 2)
    time.sleep(0.3)
    assert len(ids(collector)) == len(set(ids(collector))) == 6


FILL_QUEUE = """
const key = Object.keys(localStorage).find((key) => key.startsWith("headrace.queue."));
const list = JSON.parse(localStorage[key]);
const [event] = list.events;
list.events = Array.from({length: 499}, (_, n) => ({...event, event: "T" + n, messageId: "m" + n}));
localStorage[key] = JSON.stringify(list);
"""


def test_what_waits_is_bounded_the_oldest_going_first(visit: Visit) -> None:
    tab = visit(batchSeconds=60, pages=False, batchEvents=1000)
    tab.wait_for_function("headrace.version")
    tab.evaluate(
        f"headrace.track('First'); {FILL_QUEUE}; for (let n = 499; n < 510; n++) headrace.track('T' + n)"
    )

    kept = tab.evaluate(f"JSON.parse({STORED}[0]).events.map(event => event.event)")
    assert len(kept) == 500
    assert (kept[0], kept[-1]) == ("T10", "T509")
