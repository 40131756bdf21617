"""Slack: what is posted where, what its text means there, what it refuses, and that nothing is posted twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.send.channels.slack import SlackChannel
from functions.send.outgoing_client import OutgoingClient
from shared.messaging.channels.slack import LONGEST_TEXT, MOST_BLOCKS, SLACK, escaped, url_problem
from shared.messaging.messages import Status, Why
from shared.messaging.providers import OutcomeUnknown, ProviderThrottled
from shared.templates.render import render
from shared.workspace.model import Template
from tests.fakes.send_stage import SHOP, SLACK_URL, SendStage


@pytest.fixture
def stage() -> SendStage:
    made = SendStage("slack")
    made.person(name="Ann <!channel> & Co")
    return made


def with_template(stage: SendStage, **parts: str) -> SendStage:
    templates = [one for one in SHOP.templates if one.id != "slack"]
    template = Template(id="slack", channel="slack", parts=parts)
    workspace = SHOP.model_copy(update={"templates": (*templates, template)})
    stage.workspaces.apply(workspace, after=stage.workspaces.latest_version(), at=stage.now, by="test")
    return stage


def posted(stage: SendStage) -> list[Any]:
    return [json.loads(body) for _, body, _ in stage.webhook.posted]


def test_a_campaign_posts_to_its_receivers_webhook_and_says_so(stage: SendStage) -> None:
    stage.queue()
    assert stage.invoke() == []

    ((url, _, headers),) = stage.webhook.posted
    assert (url, headers["Content-Type"]) == (SLACK_URL, "application/json")
    assert posted(stage) == [{"text": "Paid: Ann &lt;!channel&gt; &amp; Co"}]
    assert (stage.logged.status, stage.logged.to) == (Status.SENT, "orders")
    assert [event.name for event in stage.said.values()] == ["Notification Sent"]
    assert SLACK_URL not in repr(stage.logged)


def test_a_request_that_comes_twice_is_posted_once(stage: SendStage) -> None:
    stage.queue()
    stage.invoke()
    stage.queue()
    stage.invoke()

    assert len(stage.webhook.posted) == 1
    assert len(stage.said) == 1


def test_what_may_stand_there_already_is_not_posted_again(stage: SendStage) -> None:
    stage.webhook.failures.append(OutcomeUnknown("no answer"))
    stage.queue()
    stage.invoke()
    stage.later()
    stage.invoke()

    assert len(stage.webhook.posted) == 1
    assert (stage.logged.status, stage.logged.reason) == (Status.UNCERTAIN, Why.OUTCOME_UNKNOWN)


def test_it_needs_nobodys_consent(stage: SendStage) -> None:
    stage.person(consents={"slack": False})
    stage.queue()
    stage.invoke()

    assert len(posted(stage)) == 1


def test_the_templates_own_markup_stays_and_values_cannot_add_any() -> None:
    template = Template(
        id="t",
        channel="slack",
        parts={
            "text": "<https://shop.example|{{ traits.name }}> {% capture x %}{{ traits.name }}{% endcapture %}{{ x }}"
            "{% echo traits.name %}{% cycle traits.name, 'b' %}",
            "blocks": '[{"type": "section", "text": {"type": "mrkdwn", "text": {{ traits.name | json }}}}]',
        },
    )
    parts = render(template, {"traits": {"name": '<@U1> & "Co"'}})

    inside = '&lt;@U1&gt; &amp; "Co"'
    assert parts["text"] == f"<https://shop.example|{inside}> {inside}{inside}{inside}"
    assert json.loads(parts["blocks"])[0]["text"]["text"] == inside


@given(st.text())
def test_no_value_has_any_of_slacks_control_characters_and_escaping_again_changes_nothing(text: str) -> None:
    once = escaped(text)

    assert not set("<>") & set(once)
    assert once.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").count("&") == 0
    assert escaped(once) == once


def test_blocks_are_posted_beside_the_text(stage: SendStage) -> None:
    with_template(stage, text="Paid", blocks='[{"type": "divider"}]')
    stage.queue()
    stage.invoke()

    assert posted(stage) == [{"text": "Paid", "blocks": [{"type": "divider"}]}]


def blocks(count: int) -> str:
    return json.dumps([{"type": "divider"}] * count)


@pytest.mark.parametrize(
    ("parts", "is_sent"),
    [
        ({"text": "x" * (LONGEST_TEXT - 1)}, True),
        ({"text": "x" * LONGEST_TEXT}, True),
        ({"text": "x" * (LONGEST_TEXT + 1)}, False),
        ({"text": "  "}, False),
        ({"text": "x", "blocks": blocks(MOST_BLOCKS - 1)}, True),
        ({"text": "x", "blocks": blocks(MOST_BLOCKS)}, True),
        ({"text": "x", "blocks": blocks(MOST_BLOCKS + 1)}, False),
        ({"text": "x", "blocks": '{"type": "divider"}'}, False),
        ({"text": "x", "blocks": "[no json"}, False),
    ],
)
def test_what_slack_would_cut_or_refuse_is_not_posted(
    stage: SendStage, parts: dict[str, str], is_sent: bool
) -> None:
    with_template(stage, **parts)
    stage.queue()
    stage.invoke()

    assert len(stage.webhook.posted) == is_sent
    expected = (Status.SENT, None) if is_sent else (Status.FAILED, Why.TEMPLATE_FAILED)
    assert (stage.logged.status, stage.logged.reason) == expected


@pytest.mark.parametrize(
    ("urls", "why"),
    [
        ({}, Why.CHANNEL_NOT_CONFIGURED),
        ({"orders": "https://evil.example/services/T0/B0/x"}, Why.ADDRESS_NOT_VALID),
        ({"orders": "http://hooks.slack.com/services/T0/B0/x"}, Why.ADDRESS_NOT_VALID),
    ],
)
def test_without_a_webhook_of_slacks_nothing_is_posted(
    stage: SendStage, urls: dict[str, str], why: Why
) -> None:
    stage.slack_urls = urls
    stage.queue()
    stage.invoke()

    assert (stage.webhook.posted, stage.logged.reason) == ([], why)


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        (SLACK_URL, True),
        ("https://hooks.slack-gov.com/services/T0/B0/x", True),
        ("https://HOOKS.SLACK.COM/services/T0/B0/x", True),
        ("https://hooks.slack.com/", False),
        ("https://hooks.slack.com.evil.example/services/x", False),
        ("https://hooks.slack.com@evil.example/services/x", False),
        ("https://u:p@hooks.slack.com/services/x", False),
        ("https://hooks.slack.com:8443/services/x", False),
        ("https://hooks.slack.com:x/services/x", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_only_slacks_own_hosts_are_called(url: str, is_one: bool) -> None:
    assert (url_problem(url) is None) is is_one


def test_a_receiver_that_asks_for_a_pause_gets_it(stage: SendStage) -> None:
    stage.webhook.failures.append(ProviderThrottled("429", 90))
    stage.queue()
    (went_back,) = stage.invoke()

    assert stage.pauses[went_back] >= 90
    assert (stage.logged.status, stage.logged.reason, stage.logged.attempts) == (
        Status.WAITING,
        Why.RATE_LIMITED,
        0,
    )
    stage.later()
    assert stage.invoke() == []
    assert len(stage.webhook.posted) == 1


class Slack(BaseHTTPRequestHandler):
    """Answers as Slack does: the path's last step is the status."""

    words: ClassVar[dict[int, bytes]] = {200: b"ok", 400: b"invalid_payload", 410: b"channel_is_archived"}
    seen: ClassVar[list[Any]] = []

    def do_POST(self) -> None:
        self.seen.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        status = int(self.path.rpartition("/")[2])
        said = self.words.get(status, b"rollup_error")
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "30")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    Slack.seen.clear()
    server = HTTPServer(("127.0.0.1", 0), Slack)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


class OnTheLaptop(SendStage):
    """Slack's place is taken by a server here."""

    port = 0

    @property
    def ways(self) -> dict[str, Any]:
        client = OutgoingClient(allow_private=True)
        return {**super().ways, "slack": SlackChannel(client, self.slack_urls.get, any_host=True)}


@pytest.mark.parametrize(
    ("status", "ended", "why", "detail"),
    [
        (200, Status.SENT, None, None),
        (400, Status.FAILED, Why.PROVIDER_REFUSED, "status 400: invalid_payload"),
        (403, Status.FAILED, Why.PROVIDER_REFUSED, "status 403: rollup_error"),
        (404, Status.FAILED, Why.PROVIDER_REFUSED, "status 404: rollup_error"),
        (410, Status.FAILED, Why.PROVIDER_REFUSED, "status 410: channel_is_archived"),
        (429, Status.WAITING, Why.RATE_LIMITED, None),
        (500, Status.WAITING, Why.PROVIDER_UNAVAILABLE, None),
        (503, Status.WAITING, Why.PROVIDER_UNAVAILABLE, None),
    ],
)
def test_what_slack_answers_says_what_becomes_of_the_message(
    port: int, status: int, ended: Status, why: Why | None, detail: str | None
) -> None:
    stage = OnTheLaptop("slack")
    stage.slack_urls = {"orders": f"http://127.0.0.1:{port}/services/{status}"}
    stage.person(name="Ann")
    stage.queue()
    back = stage.invoke()

    assert Slack.seen == [{"text": "Paid: Ann"}]
    assert (stage.logged.status, stage.logged.reason, stage.logged.detail) == (ended, why, detail)
    assert bool(back) is (ended is Status.WAITING)
    if status == 429:
        assert stage.pauses[back[0]] >= 30


def test_its_reasons_are_reasons() -> None:
    assert [Why(why) for why, _ in SLACK.reasons]
