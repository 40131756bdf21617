"""Each request is forwarded, answered and counted once, or goes back by itself; whatever fails, none is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from functions.tee.forwarding import LATER
from functions.tee.vendor_client import Reply
from shared.outgoing.calls import NoAnswer, NotAllowed, NotReached
from tests.fakes.tee_stage import ATTEMPTS, SHOP, TeeStage, ids, request


@pytest.fixture
def stage() -> TeeStage:
    return TeeStage()


def test_an_answer_is_recorded_with_what_both_of_us_said(stage: TeeStage) -> None:
    stage.vendor.planned = [Reply(202, 40, "application/json", None)]
    stage.queue(request())
    assert stage.invoke().again == {}

    answer = stage.log.answers["r1"]
    assert (answer.ours, answer.theirs, answer.differs) == (200, 202, False)
    assert (answer.milliseconds, answer.sent, answer.answered) == (250, 8, 40)
    assert (answer.events, answer.rejected, answer.source, answer.call) == (3, 1, "shop", "batch")
    assert stage.log.counts("shop") == {
        "200>202": 1, "forwarded": 1, "differing": 0, "events": 3, "rejected": 1, "sent": 8, "answered": 40,
        "milliseconds": 250,
    }  # fmt: skip


@pytest.mark.parametrize("status", [200, 204, 301, 400, 401, 403, 404, 409, 413, 422])
def test_whatever_the_vendor_says_of_the_request_is_an_answer(stage: TeeStage, status: int) -> None:
    stage.vendor.planned = [status]
    stage.queue(request())
    assert stage.invoke().again == {}
    assert stage.log.answers["r1"].theirs == status


@pytest.mark.parametrize("status", [*LATER, 500, 502, 503, 504, 520])
def test_what_it_cannot_take_now_is_tried_again(stage: TeeStage, status: int) -> None:
    stage.vendor.planned = [status]
    stage.queue(request())
    assert list(stage.invoke().again) == ["q1"]
    assert stage.log.answers == {}

    assert stage.invoke().again == {}
    assert stage.log.answers["r1"].theirs == 200
    assert ids(stage.vendor.got) == ["r1", "r1"]


@pytest.mark.parametrize("error", [NotAllowed("x"), NotReached("x"), NoAnswer("x"), ValueError("x")])
def test_a_request_that_did_not_get_there_comes_again(stage: TeeStage, error: Exception) -> None:
    stage.vendor.planned = [error]
    stage.queue(request())
    assert list(stage.invoke().again) == ["q1"]
    assert stage.invoke().again == {}
    assert stage.log.counts("shop")["tried"] == 1


def test_it_comes_again_when_the_vendor_says(stage: TeeStage) -> None:
    stage.vendor.planned = [Reply(429, 0, "", 120)]
    stage.queue(request())
    assert stage.invoke().again == {"q1": 120}


def test_after_the_last_try_it_is_a_dead_letter_and_counted_as_failed(stage: TeeStage) -> None:
    stage.vendor.planned = [503] * ATTEMPTS
    stage.queue(request())
    for _ in range(ATTEMPTS):
        stage.invoke()
    assert stage.dead == ["q1"]
    assert stage.log.counts("shop") == {"tried": ATTEMPTS - 1, "failed": 1}


def test_none_sinks_its_neighbours(stage: TeeStage) -> None:
    stage.queue(request(1), request(2, source="app"))
    stage.queue_body("no request")
    stage.queue_body('{"packed": false}')
    assert set(stage.invoke().again) == {"q3", "q4"}
    assert set(stage.log.answers) == {"r1", "r2"}
    assert {vendor_request.host for vendor_request in stage.vendor.got} == {
        "https://vendor.example",
        "https://other.example",
    }


def test_what_has_an_answer_is_not_forwarded_again(stage: TeeStage) -> None:
    stage.queue(request())
    stage.invoke()
    stage.queue(request())
    assert stage.invoke().counts["known"] == 1
    assert len(stage.vendor.got) == 1
    assert stage.log.counts("shop")["forwarded"] == 1


def test_two_copies_in_one_batch_are_forwarded_once_and_go_back_together(stage: TeeStage) -> None:
    stage.vendor.planned = [503]
    stage.queue(request(), request())
    assert set(stage.invoke().again) == {"q1", "q2"}
    assert stage.invoke().again == {}
    assert (len(stage.vendor.got), len(stage.log.answers)) == (2, 1)


@pytest.mark.parametrize("died_after", range(1, 5))
def test_whatever_call_it_dies_after_each_request_is_answered_and_counted_once(
    stage: TeeStage, died_after: int
) -> None:
    stage.queue(request(1), request(2))
    stage.invoke_and_die(died_after)
    assert stage.invoke().again == {}

    assert set(stage.log.answers) == {"r1", "r2"}
    assert stage.log.counts("shop")["forwarded"] == 2
    assert set(ids(stage.vendor.got)) == {"r1", "r2"}
    if died_after in (1, 4):  # before the vendor was asked, and after the record
        assert len(stage.vendor.got) == 2


@pytest.mark.parametrize("method", ["answered", "record"])
def test_while_the_log_fails_everything_waits(stage: TeeStage, method: str) -> None:
    stage.log.failing = [method]
    stage.queue(request(1), request(2))
    assert set(stage.invoke().again) == {"q1", "q2"}
    assert stage.invoke().again == {}
    assert stage.log.counts("shop")["forwarded"] == 2


def test_a_batch_is_not_begun_without_time_for_it(stage: TeeStage) -> None:
    stage.time_left = timedelta(seconds=20)
    stage.queue(request())
    assert list(stage.invoke().again) == ["q1"]
    assert stage.vendor.got == []


def test_what_waits_for_a_source_that_was_switched_off_is_let_go(stage: TeeStage) -> None:
    stage.queue(request(source="plain"), request(2, source="gone"))
    assert stage.invoke().again == {}
    assert stage.vendor.got == []
    assert stage.log.counts("plain") == {"switched_off": 1}


def test_a_request_that_holds_our_key_is_counted_and_goes_nowhere(stage: TeeStage) -> None:
    stage.queue(request(withheld=True, headers={}, body=b""), request(2))
    assert stage.invoke().again == {}
    assert ids(stage.vendor.got) == ["r2"]
    counts = stage.log.counts("shop")
    assert (counts["withheld"], counts["forwarded"]) == (1, 1)


def test_the_operators_secret_vouches_for_servers_and_never_for_pages(stage: TeeStage) -> None:
    """Whoever reads a page's key could make the vendor do what only its owner may."""
    secret = {"headers": {"X-Passcode": "s3cret"}, "query": {"api_key": "s3cret"}}
    stage.secrets.write({"tees": {"shop": secret, "page": secret}}, instead_of={"tees": {}})
    stage.queue(request(1, source="shop"), request(2, source="page"))
    stage.invoke()
    of_server, of_page = sorted(
        stage.vendor.got, key=lambda vendor_request: vendor_request.headers["headrace-tee"]
    )
    assert (of_server.headers["x-passcode"], of_server.target) == ("s3cret", "/v1/batch?api_key=s3cret")
    assert (of_page.headers["authorization"], of_page.target) == ("Basic abc", "/v1/batch")
    assert "x-passcode" not in of_page.headers


def test_a_request_waits_for_the_workspace_that_said_where_it_goes(stage: TeeStage) -> None:
    stage.queue(request(workspace=2))
    assert list(stage.invoke().again) == ["q1"]
    assert stage.vendor.got == []

    stage.workspaces.apply(SHOP.model_copy(update={"name": "later"}), after=1, at=stage.now, by="a test")
    stage.now += timedelta(minutes=2)
    assert stage.invoke().again == {}


def test_a_body_too_large_for_the_queue_is_read_from_where_it_is(stage: TeeStage) -> None:
    stage.bodies.stored["tee/r1"] = b"large"
    stage.queue(request(body=b"", stored_at="tee/r1"), request(2, body=b"", stored_at="tee/r2"))
    assert list(stage.invoke().again) == ["q2"]
    assert [vendor_request.body for vendor_request in stage.vendor.got] == [b"large"]
    assert stage.log.answers["r1"].sent == 5


def test_while_the_secret_cannot_be_read_nothing_goes_out_with_the_wrong_credentials(stage: TeeStage) -> None:
    stage.secrets.failing = True
    stage.queue(request())
    assert list(stage.invoke().again) == ["q1"]
    assert stage.vendor.got == []


def test_nothing_of_what_was_sent_is_logged(stage: TeeStage, caplog: pytest.LogCaptureFixture) -> None:
    stage.vendor.planned = [ValueError("ann@shop.example"), 503]
    stage.queue(request(1), request(2))
    stage.queue_body("ann@shop.example")
    stage.invoke()
    said = "".join(str(vars(record)) for record in caplog.records)
    assert {"r1", "r2", "q3"} <= {
        vars(record).get("request", vars(record).get("queued")) for record in caplog.records
    }
    assert "shop.example" not in said
    assert "Basic" not in said


def test_a_request_that_the_log_refuses_goes_back_alone(stage: TeeStage) -> None:
    stage.log.refusing = {"r2"}
    stage.queue(*(request(number) for number in (1, 2, 3)))
    assert list(stage.invoke().again) == ["q2"]
    assert set(stage.log.answers) == {"r1", "r3"}
    assert ids(stage.vendor.got) == ["r1", "r3"]


def test_an_answer_that_no_record_takes_goes_back_alone(
    stage: TeeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage.log, "answered", lambda requests: set(requests) & set(stage.log.answers))
    stage.log.refusing = {"r2"}
    stage.queue(*(request(number) for number in (1, 2, 3)), request(4, source="plain"))

    assert list(stage.invoke().again) == ["q2"]
    assert set(stage.log.answers) == {"r1", "r3"}
    assert stage.log.counts("plain") == {"switched_off": 1}
