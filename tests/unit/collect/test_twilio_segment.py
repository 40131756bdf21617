"""What Segment's and RudderStack's browser SDKs ask besides sending events, and the browser tag's own paths."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.collect_stage import BROWSER, Stage, basic, purchase

TAG = Path(__file__).parents[3] / "functions" / "collect" / "tag" / "dist"
HOST = {"host": "in.shop.example"}


def test_the_settings_send_the_sdk_back_to_where_it_asked(stage: Stage) -> None:
    answer = stage.request("GET", f"/v1/projects/{BROWSER}/settings", headers=HOST)
    assert answer.status == 200
    assert answer.body["integrations"] == {"Segment.io": {"apiKey": BROWSER, "apiHost": "in.shop.example/v1"}}


def test_a_host_without_https_says_so_in_the_settings(stage: Stage) -> None:
    headers = {"host": "127.0.0.1:8080", "x-forwarded-proto": "http"}
    answer = stage.request("GET", f"/v1/projects/{BROWSER}/settings", headers=headers)
    told = {"apiKey": BROWSER, "apiHost": "127.0.0.1:8080/v1", "protocol": "http"}
    assert answer.body["integrations"] == {"Segment.io": told}


def test_settings_of_an_unknown_key_are_refused(stage: Stage) -> None:
    answer = stage.request("GET", "/v1/projects/hr_nobody/settings", headers=HOST)
    assert (answer.status, answer.body["code"]) == (401, "unknown_write_key")


@pytest.mark.parametrize("path", ["/sourceConfig", "/sourceConfig/"])
def test_rudderstacks_configuration_is_enabled_and_has_the_key_that_asked(stage: Stage, path: str) -> None:
    answer = stage.request("GET", path, headers={"authorization": basic(f"{BROWSER}:")}, query="p=npm&v=3")
    source = answer.body["source"]
    assert (answer.status, source["enabled"], source["writeKey"]) == (200, True, BROWSER)


def test_the_sdks_figures_about_itself_are_taken_and_not_kept(stage: Stage) -> None:
    answer = stage.request("POST", "/v1/m", b'{"series":[]}')
    assert (answer.status, stage.events, stage.kept) == (200, [], [])


@pytest.mark.parametrize("path", ["/flow", "/beacon/v1/batch", "/v1/import"])
def test_a_beacon_needs_no_header(stage: Stage, path: str) -> None:
    body = {"batch": [purchase()], "writeKey": BROWSER}
    assert stage.request("POST", path, body, {"content-type": "text/plain"}).status == 200
    assert [event.name for event in stage.events] == ["Complete Purchase"]


@pytest.mark.parametrize("file", ["flow.js", "flow-clevertap.js", "flow-netmera.js", "flow-userengage.js"])
def test_the_tag_is_served_to_anybody_and_kept_for_an_hour(stage: Stage, file: str) -> None:
    answer = stage.request("GET", f"/{file}")
    assert answer.body == (TAG / file).read_text()
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=3600"


def test_a_path_of_the_format_that_does_not_exist_is_said_in_its_shape(stage: Stage) -> None:
    answer = stage.request("POST", "/v1/nothing", {})
    assert (answer.status, answer.body["success"], answer.body["code"]) == (404, False, "not_found")


def test_a_method_that_a_path_does_not_take_is_told_which_it_does(stage: Stage) -> None:
    answer = stage.request("DELETE", "/v1/track")
    assert (answer.status, answer.headers["allow"]) == (405, "POST, OPTIONS")


@pytest.mark.parametrize("field", ["externalIds", "externalId"])
def test_external_ids_name_the_person_as_well(stage: Stage, field: str) -> None:
    ids = [
        {"id": "Ana@Shop.example", "type": "email", "collection": "users", "encoding": "none"},
        {"id": "idfa-1", "type": "ios.idfa"},
        {"id": "x", "type": "user_id"},
    ]
    stage.batch(purchase(userId=None, context={field: ids}))
    [record] = stage.records
    assert record.key == "email:ana@shop.example"
    assert record.events[0].other_ids == {"email": "ana@shop.example", "ios_idfa": "idfa-1"}


def test_too_many_external_ids_are_refused(stage: Stage) -> None:
    ids = [{"id": "1", "type": f"kind{at}"} for at in range(11)]
    answer = stage.batch(purchase(context={"externalIds": ids}))
    assert answer.codes == [["too_large"]]
