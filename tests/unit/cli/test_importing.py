"""An import into the collect stage: each line answered for, stopped and gone on with, and imported twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from cli.imports.formats import BY_NAME
from cli.imports.importing import Import, NotImported
from cli.imports.lines import digest
from cli.imports.row import Reading
from cli.imports.sending import Collect
from cli.main import typed
from cli.problem import Problem
from shared.imports import ImportProgress
from tests.fakes.collect_server import CollectServer, serving
from tests.fakes.collect_stage import BROWSER, LENIENT, STRICT, Stage
from tests.fakes.imports import FakeImports

BEGAN = datetime(2026, 11, 21, 12, tzinfo=UTC)
READING = Reading(BEGAN, ZoneInfo("UTC"), None)


@pytest.fixture
def server(stage: Stage) -> Iterator[CollectServer]:
    with serving(stage) as found:
        yield found


@pytest.fixture
def stage() -> Stage:
    return Stage()


class Run:
    """One import after the other of the same file, with the progress that is kept in between."""

    def __init__(self, server: CollectServer, path: Path, format_: str, key: str = LENIENT) -> None:
        self.imports = FakeImports()
        self.not_imported: list[NotImported] = []
        self.path = path
        self._import = Import(
            path=path,
            format=BY_NAME[format_],
            collect=Collect(server.url, key),
            imports=self.imports,
            not_imported=self.not_imported.append,
            advanced=lambda _line: None,
        )
        self._first = ImportProgress(source="s", digest=digest(path), format=format_, began_at=BEGAN)

    def __call__(self) -> ImportProgress:
        kept = self.imports.load("s", self._first.digest)
        return self._import.run(kept or self._first, READING)


def ndjson(tmp_path: Path, *items: object) -> Path:
    path = tmp_path / "export.ndjson"
    path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in items))
    return path


def track(at: int, **fields: object) -> dict[str, object]:
    return {"type": "track", "event": "View Item", "userId": f"u{at}", "messageId": f"m{at}", **fields}


def test_every_line_comes_in_is_rejected_or_unreadable_and_the_last_two_are_named(
    stage: Stage, server: CollectServer, tmp_path: Path
) -> None:
    path = ndjson(tmp_path, track(1), "{", track(3, userId="null"), track(4, event="No Such"), track(5))
    run = Run(server, path, "segment", STRICT)
    progress = run()
    assert (progress.accepted, progress.rejected, progress.unreadable) == (2, 2, 1)
    assert {one.number: [reason["code"] for reason in one.reasons] for one in run.not_imported} == {
        2: ["unreadable"], 3: ["no_identity"], 4: ["unknown_event"],
    }  # fmt: skip
    assert [event.id for event in stage.events] == ["m1", "m5"]
    assert [item.event_id for item in stage.refused] == ["m3", "m4"]


def test_stopped_by_a_refusal_it_goes_on_where_it_was(
    stage: Stage, server: CollectServer, tmp_path: Path
) -> None:
    path = ndjson(tmp_path, *(track(at) for at in range(1, 251)))
    run = Run(server, path, "segment")
    sent = run._import.collect.send

    def dies_at_the_third_batch(*args: object) -> list[object]:
        if len(stage.events) >= 200:
            raise Problem("no network")
        return sent(*args)  # type: ignore[arg-type,return-value]

    run._import.collect.send = dies_at_the_third_batch  # type: ignore[method-assign,assignment]
    with pytest.raises(Problem):
        run()
    assert run.imports.load("s", digest(path)).line == 200  # type: ignore[union-attr]
    run._import.collect.send = sent  # type: ignore[method-assign]
    progress = run()
    assert (progress.accepted, progress.is_finished) == (250, True)
    assert len({event.id for event in stage.events}) == len(stage.events) == 250


def test_whoever_imports_a_file_twice_sends_the_same_ids(
    stage: Stage, server: CollectServer, tmp_path: Path
) -> None:
    events: list[object] = ["Product viewed"] + [
        {"profile": {"identity": "cust-77"}, "ts": 20261120115950 + at, "eventProps": {"Amount": at}}
        for at in range(3)
    ]
    path = tmp_path / "export"
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in events))
    for _ in range(2):
        Run(server, path, "clevertap-events")()
    ids = [event.id for event in stage.events]
    assert ids[:3] == ids[3:]
    assert len(set(ids)) == 3
    assert {(event.user_id, event.protocol) for event in stage.events} == {("cust-77", "clevertap")}


def test_a_request_that_is_too_large_is_halved_and_only_the_line_that_never_fits_stays_out(
    stage: Stage, server: CollectServer, tmp_path: Path
) -> None:
    source = stage.workspaces.load(1).source_by_id["lenient"]
    small = source.model_copy(update={"limits": source.limits.model_copy(update={"batch_bytes": 2048})})
    sources = tuple(small if one.id == "lenient" else one for one in stage.workspaces.load(1).sources)
    stage.apply(stage.workspaces.load(1).model_copy(update={"sources": sources}))
    stage.restart()
    path = ndjson(
        tmp_path, *(track(at, properties={"item_id": "x" * 300}) for at in range(1, 9)),
        track(9, properties={"item_id": "x" * 3000}),
    )  # fmt: skip
    run = Run(server, path, "segment")
    progress = run()
    assert (progress.accepted, progress.rejected) == (8, 1)
    assert [(one.number, one.reasons[0]["code"]) for one in run.not_imported] == [(9, "too_large")]


def test_a_browsers_key_imports_nothing_and_says_which_would(server: CollectServer, tmp_path: Path) -> None:
    with pytest.raises(Problem) as problem:
        Run(server, ndjson(tmp_path, track(1)), "segment", BROWSER)()
    assert "trust is `server`" in problem.value.advice


def test_pinpoints_endpoints_become_people(stage: Stage, server: CollectServer, tmp_path: Path) -> None:
    path = tmp_path / "endpoints.csv"
    path.write_text(
        "Id,ChannelType,Address,OptOut,User.UserId,User.UserAttributes.plan\n"
        "e1,EMAIL,ana@shop.example,NONE,cust-77,gold\n"
        "e2,NO_SUCH_CHANNEL,x,NONE,cust-78,\n"
    )
    run = Run(server, path, "pinpoint-endpoints")
    progress = run()
    assert (progress.accepted, progress.rejected) == (1, 1)
    [event] = stage.events
    assert (event.type, event.user_id, event.traits["email"]) == ("identify", "cust-77", "ana@shop.example")
    assert [one.number for one in run.not_imported] == [3]


class Here:
    """The stack, as the command finds it."""

    def __init__(self, url: str) -> None:
        self.collect_url = url

    def __getitem__(self, output: str) -> str:
        return output


def test_what_a_stopped_import_did_not_bring_in_is_written_all_the_same(
    stage: Stage, server: CollectServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run goes on after those lines and would never name them."""
    imports = FakeImports()
    monkeypatch.setattr("cli.commands.import_.Stack.load", lambda _stage: Here(server.url))
    monkeypatch.setattr("cli.commands.import_.DynamoImports", lambda _table: imports)
    monkeypatch.setattr("cli.commands.import_.write_key", lambda _stack, _source: STRICT)
    path = ndjson(tmp_path, *("{" if at in (3, 150) else track(at) for at in range(1, 201)))
    rejected = tmp_path / "rejected.ndjson"
    command = ["import", str(path), "--source", "strict", "--rejected", str(rejected)]
    sent = Collect.send

    def dies_at_the_second_batch(*args: object) -> list[object]:
        if stage.events:
            raise Problem("no network")
        return sent(*args)  # type: ignore[arg-type,return-value]

    monkeypatch.setattr(Collect, "send", dies_at_the_second_batch)
    assert CliRunner().invoke(typed, command).exit_code == 1
    assert [json.loads(line)["number"] for line in rejected.read_text().splitlines()] == [3]
    monkeypatch.setattr(Collect, "send", sent)
    assert CliRunner().invoke(typed, command).exit_code == 1
    assert [json.loads(line)["number"] for line in rejected.read_text().splitlines()] == [3, 150]
    assert len(stage.events) == 198


def test_an_endpoint_whose_attribute_has_two_lines_comes_in_whole(
    stage: Stage, server: CollectServer, tmp_path: Path
) -> None:
    file = tmp_path / "endpoints.csv"
    file.write_text(
        "Id,ChannelType,Address,User.UserId,User.UserAttributes.note\n"
        'e1,EMAIL,ana@shop.example,u1,"first line\nsecond line"\n'
        "e2,EMAIL,ben@shop.example,u2,short\n"
    )
    run = Run(server, file, "pinpoint-endpoints")
    progress = run()
    assert (progress.accepted, progress.unreadable, run.not_imported) == (2, 0, [])
    assert [(event.traits or {}).get("note") for event in stage.events] == [
        "first line\nsecond line",
        "short",
    ]
    assert run().accepted == 2  # finished: the same file again does nothing
