"""Before anything is refused, the latest workspace is asked: a definition applied a second ago is honoured."""

from __future__ import annotations

from typing import Any

import pytest

from shared.workspace.model import EventDefinition, Limits, Source
from shared.workspace.write_keys import key_hash
from tests.fakes.collect_stage import BROWSER, PURCHASE, SHOP, STRICT, Stage, purchase

DANCE = EventDefinition(id="Dance", name="Dance")
NEW_SOURCE = Source(id="new", name="New", trust="server", key_hashes=(key_hash("hr_new"),))


def with_source(source: Source) -> Any:
    others = tuple(one for one in SHOP.sources if one.id != source.id)
    return SHOP.model_copy(update={"sources": (*others, source)})


@pytest.fixture
def stage() -> Stage:
    """It knows a workspace, and has looked a second ago."""
    stage = Stage()
    assert stage.batch(purchase()).status == 200
    stage.wait(1)
    return stage


def test_an_event_defined_a_second_ago_is_accepted(stage: Stage) -> None:
    stage.apply(SHOP.model_copy(update={"events": (*SHOP.events, DANCE)}))
    assert stage.batch(purchase(event="Dance", properties={})).status == 200
    assert stage.kept == []


def test_the_record_names_the_version_it_was_judged_by(stage: Stage) -> None:
    stage.apply(SHOP.model_copy(update={"events": (*SHOP.events, DANCE)}))
    stage.batch(purchase(), purchase(event="Dance", properties={}))
    assert [record.workspace for record in stage.records] == [1, 2]


def test_the_whole_batch_is_judged_by_one_version(stage: Stage) -> None:
    """What the old plan accepted and the new one does not is rejected with its neighbour's coming in."""
    stage.apply(SHOP.model_copy(update={"events": (DANCE,)}))
    answer = stage.batch(purchase(), purchase(event="Dance", properties={}))
    assert (answer.body["accepted"], answer.codes) == (1, [["unknown_event"]])
    assert answer.body["rejected"][0]["index"] == 0


@pytest.mark.parametrize(
    "properties", [{}, {"amount": "much", "currency": "USD"}, {"amount": 1, "currency": "XYZ"}, {"a": 1}]
)
def test_a_plan_mended_a_second_ago_counts(stage: Stage, properties: dict[str, object]) -> None:
    anything = PURCHASE.model_copy(update={"properties": {}})
    stage.apply(SHOP.model_copy(update={"events": (anything,)}))
    mended = stage.batch(purchase(properties=properties), key="hr_lenient")
    assert mended.status == 200
    assert stage.kept == []


def test_a_key_made_a_second_ago_is_known(stage: Stage) -> None:
    stage.apply(with_source(NEW_SOURCE))
    assert stage.batch(purchase(), key="hr_new").status == 200


def test_an_origin_allowed_a_second_ago_is_allowed(stage: Stage) -> None:
    browser = SHOP.source_by_id["browser"].model_copy(update={"origins": ("https://new.example",)})
    stage.apply(with_source(browser))
    assert stage.batch(purchase(), key=BROWSER, headers={"origin": "https://new.example"}).status == 200


def test_limits_raised_a_second_ago_count(stage: Stage) -> None:
    generous = Limits(event_bytes=64 * 1024, batch_bytes=1024 * 1024, oldest_days=36500, future_seconds=10**9)
    stage.apply(with_source(SHOP.source_by_id["strict"].model_copy(update={"limits": generous})))
    large = purchase(messageId="large", context={"x": "x" * 40_000})
    old = purchase(messageId="old", timestamp="1999-01-01T00:00:00Z")
    ahead = purchase(messageId="ahead", timestamp="2027-01-01T00:00:00Z")
    assert stage.batch(large, *[purchase(x="x" * 20_000)] * 30, old, ahead).body["rejected"] == []


def test_a_definition_applied_less_than_a_second_after_a_look_waits_for_its_second(stage: Stage) -> None:
    stage.batch(purchase(event="Dance"))
    stage.apply(SHOP.model_copy(update={"events": (*SHOP.events, DANCE)}))
    stage.wait(0.9)
    assert stage.batch(purchase(event="Dance", properties={})).status == 400
    stage.wait(0.1)
    assert stage.batch(purchase(event="Dance", properties={})).status == 200


def test_unknown_events_look_at_most_once_a_second(stage: Stage) -> None:
    before = stage.workspaces.looks
    for _ in range(100):
        stage.batch(purchase(event="Dance"), purchase(event="Walk"))
        stage.wait(0.025)
    assert stage.workspaces.looks - before <= 3


def test_unknown_keys_look_at_most_once_a_second(stage: Stage) -> None:
    before = stage.workspaces.looks
    for number in range(100):
        assert stage.batch(purchase(), key=f"hr_{number}").status == 401
        stage.wait(0.025)
    assert stage.workspaces.looks - before <= 3


@pytest.mark.parametrize(
    "item", [None, purchase(userId=None), purchase(type="system"), purchase(timestamp="?")]
)
def test_what_no_workspace_could_accept_looks_never(stage: Stage, item: object) -> None:
    before = stage.workspaces.looks
    assert stage.batch(item).status == 400
    assert stage.workspaces.looks == before


def test_accepted_events_look_once_a_minute(stage: Stage) -> None:
    before = stage.workspaces.looks
    for _ in range(120):
        stage.batch(purchase())
        stage.wait(1)
    assert stage.workspaces.looks - before == 2


def test_while_the_workspace_cannot_be_read_the_kept_one_goes_on(stage: Stage) -> None:
    stage.workspaces.failing = True
    stage.wait(3600)
    assert stage.batch(purchase(timestamp=None)).status == 200


def test_while_the_workspace_cannot_be_read_what_it_refuses_is_refused_and_kept(stage: Stage) -> None:
    stage.workspaces.failing = True
    assert stage.batch(purchase(event="Dance")).codes == [["unknown_event"]]
    assert len(stage.refused) == 1


def test_503_for_an_unknown_key_while_the_workspace_cannot_be_read(stage: Stage) -> None:
    """It may be new, and a 401 would make its sender throw the events away."""
    stage.workspaces.failing = True
    answer = stage.batch(purchase(), key="hr_unknown")
    assert (answer.status, answer.body["code"]) == (503, "not_stored")
    assert int(answer.headers["retry-after"]) >= 1


def test_while_the_workspace_cannot_be_read_one_look_a_second_finds_that_out(stage: Stage) -> None:
    stage.workspaces.failing = True
    stage.wait(3600)
    for _ in range(100):
        stage.batch(purchase(timestamp=None), *[purchase(event="Dance")] * 5)
        stage.batch(purchase(), key="hr_unknown")
        stage.wait(0.025)
    assert stage.workspaces.failed <= 3


def test_while_there_never_was_a_workspace_one_look_a_second_finds_that_out() -> None:
    stage = Stage()
    stage.workspaces.failing = True
    for _ in range(100):
        assert stage.batch(purchase()).status == 503
        stage.wait(0.025)
    assert stage.workspaces.failed <= 3


def test_503_while_there_never_was_a_workspace() -> None:
    stage = Stage()
    stage.workspaces.failing = True
    assert stage.batch(purchase(), key=STRICT).status == 503
    stage.workspaces.failing = False
    stage.wait(1)
    assert stage.batch(purchase(), key=STRICT).status == 200


def test_a_key_revoked_is_refused_within_a_minute(stage: Stage) -> None:
    stage.apply(with_source(SHOP.source_by_id["strict"].model_copy(update={"key_hashes": ()})))
    stage.wait(60)
    assert stage.batch(purchase()).status == 401
