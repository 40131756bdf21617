"""A miscount that is planted makes `make fuzz` red, with the one line that tries its request again."""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.collect import telemetry
from functions.collect.http.request import Request
from functions.collect.http.responses import Response
from functions.collect.pipeline import answer, ingest, pack, parse, store
from functions.collect.work import Work
from tests.fuzz import __main__ as command
from tests.fuzz import campaign
from tests.fuzz.numbered_stream import FIRST
from tests.fuzz.target import Target

SEED = 1
FOUND_WITHIN = 3_000

Plant = Callable[[pytest.MonkeyPatch], None]


def zipped(request: Request | None) -> bool:
    return request is not None and "gzip" in request.headers.get("content-encoding", "")


def instead(step: Any, wrong: Callable[[Work], None]) -> Plant:
    def plant(patch: pytest.MonkeyPatch) -> None:
        steps = {
            kind: tuple(wrong if one is step else one for one in of) for kind, of in ingest.STEPS.items()
        }
        patch.setattr(ingest, "STEPS", steps)

    return plant


def tally_without_one(work: Work) -> None:
    pack.pack(work)
    if zipped(work.call.request) and work.verdicts.rejected:
        tally = work.common["tally"]
        work.common["tally"] = {**tally, "received": tally["received"] - 1, "rejected": tally["rejected"] - 1}
        work.records = pack.entries(work.common, work.verdicts.accepted)


def line_without_one(patch: pytest.MonkeyPatch) -> None:
    write = telemetry.report

    def report(request: Request | None, response: Response, *more: Any) -> None:
        if zipped(request) and response.report is not None and response.report.rejected:
            code, count = next(iter(response.report.rejected.items()))
            rejected = {**response.report.rejected, code: count - 1}
            response.report = response.report._replace(
                received=response.report.received - 1, rejected=rejected
            )
        write(request, response, *more)

    patch.setattr(telemetry, "report", report)


def line_of_another_source(work: Work) -> None:
    answer.answer(work)
    if zipped(work.call.request) and work.response.report is not None:
        work.response.report = work.response.report._replace(source="observe")
        work.credential = None  # else that alone is found


def read_without_the_last(work: Work) -> None:
    parse.parse(work)
    if zipped(work.call.request) and len(work.parsed.items) > 1:
        work.parsed.items.pop()


def one_stored_for_another(work: Work) -> None:
    if len(work.records) > 1 and len({len(one.data) for one in work.records[:2]}) == 1:
        work.records = [work.records[0], work.records[0], *work.records[2:]]
    store.store(work)


def told_one_more(work: Work) -> None:
    answer.answer(work)
    body = work.response.body
    if zipped(work.call.request) and isinstance(body, dict) and body.get("accepted"):
        body["accepted"] += 1


PLANTED: dict[str, tuple[Plant, str]] = {
    "a record's tally forgets a rejected event": (instead(pack.pack, tally_without_one), "a record's tally"),
    "the line forgets a rejected event": (line_without_one, "rejected is not what is kept"),
    "the line names another source": (instead(answer.answer, line_of_another_source), "for another source"),
    "the reader leaves out an event": (instead(parse.parse, read_without_the_last), "what was sent"),
    "an event is stored for another": (instead(store.store, one_stored_for_another), "exactly once"),
    "the sender is told of one more": (instead(answer.answer, told_one_more), "another number of events"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_miscount_is_red_and_has_one_line_to_replay_it(
    planted: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant, said = PLANTED[planted]
    plant(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(campaign, "small", lambda sent, _: sent)  # as it is: to make it smaller takes long
    number = next(ran.requests - 1 for ran in campaign.run(SEED, FOUND_WITHIN) if ran.failures)

    asked = ["fuzz", "--seed", str(SEED), "--first", str(number), "--n", "1"]
    monkeypatch.setattr(sys, "argv", asked)
    assert command.main() == 1
    found = capsys.readouterr().out
    assert said in found

    [replay] = re.findall(r"^again: make fuzz REPLAY=(\S+)$", found, re.MULTILINE)
    monkeypatch.setattr(sys, "argv", ["fuzz", "--replay", replay])
    assert command.main() == 1
    assert said in capsys.readouterr().out


def test_two_requests_that_name_one_record_are_found_in_the_sums(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each of them holds by itself."""

    class Repeating(Target):
        def numbers(self) -> Iterator[int]:
            return itertools.cycle(range(FIRST, FIRST + 50))

    monkeypatch.setattr(campaign, "Target", Repeating)
    monkeypatch.setattr(sys, "argv", ["fuzz", "--seed", str(SEED), "--n", "400"])

    assert command.main() == 1
    found = capsys.readouterr().out
    assert f"400 requests with seed {SEED}: 0 failed" in found
    assert re.search("the ledger has .* accepted, the stores have", found)
