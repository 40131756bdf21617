"""Probes side by side: none stops, delays or crashes another, and what they found is said in their order."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, cast

import orjson
import pytest
from rich.console import Console
from typer.testing import CliRunner

from cli.doctor import examining
from cli.doctor.arrivals import PAUSE, Arrivals
from cli.doctor.examination import Examination, Probe
from cli.doctor.finding import Finding, Part, State, attention, broken, ok, unexamined
from cli.doctor.report import as_json, is_broken, show
from cli.doctor.running import LONGEST_WORDS, Examined, examine
from cli.main import typed
from cli.problem import Problem
from cli.stacks import Stack
from shared.failures import Unavailable
from shared.people.timeline import TimelineEvent
from tests.fakes.examined_stack import ExaminedStack, examination
from tests.fakes.folding import NOON

NOTHING = cast("Examination", None)


def raising(error: Exception) -> Callable[[Examination], Finding]:
    def examined(_: Examination) -> Finding:
        raise error

    return examined


def finding(state: State) -> Callable[[Examination], Finding]:
    return lambda _: Finding(state, "seen", "do this" if state is not State.OK else "")


def hanging_for(seconds: float) -> Callable[[Examination], Finding]:
    def hanging(_: Examination) -> Finding:
        time.sleep(seconds)
        return ok("late")

    return hanging


def test_findings_come_in_the_order_of_the_probes() -> None:
    def slow(_: Examination) -> Finding:
        time.sleep(0.1)
        return ok("slow")

    found = examine([Probe("a", slow, 5), Probe("b", finding(State.OK), 5)], NOTHING)
    assert [one.probe for one in found] == ["a", "b"]


def test_a_probe_that_hangs_is_broken_and_the_others_are_done() -> None:
    release = threading.Event()

    def hanging(_: Examination) -> Finding:
        release.wait(30)
        return ok("late")

    began = time.monotonic()
    found = examine(
        [Probe("hangs", hanging, 0.2), Probe("fine", finding(State.OK), 5), Probe("also", hanging, 0.3)],
        NOTHING,
    )
    release.set()
    assert time.monotonic() - began < 5
    assert [one.finding.state for one in found] == [State.BROKEN, State.OK, State.BROKEN]
    assert found[0].finding.detail == "no answer within 0.2 s"


def test_a_hanging_probe_does_not_keep_the_command_from_ending() -> None:
    release = threading.Event()
    examine([Probe("hangs", lambda _: ok(str(release.wait(30))), 0.1)], NOTHING)
    running = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    release.set()
    assert all(thread.daemon for thread in running)


@pytest.mark.parametrize(
    ("error", "words", "do"),
    [
        (KeyError("x"), "KeyError: 'x'", "headrace status"),
        (Problem("The stack has no output X", "Deploy it again."), "The stack has no output X", "Deploy it again."),
        (Unavailable("not authorized to perform ses:GetAccount"), "ses:GetAccount", "docs/doctor.md"),
        (ValueError(""), "ValueError", "headrace status"),
        (OSError("two\nlines   of it"), "OSError: two lines of it", "headrace status"),
    ],
)  # fmt: skip
def test_an_error_of_a_probe_is_its_finding_in_the_errors_words(
    error: Exception, words: str, do: str
) -> None:
    found = examine([Probe("fails", raising(error), 5), Probe("fine", finding(State.OK), 5)], NOTHING)
    assert [one.finding.state for one in found] == [State.BROKEN, State.OK]
    assert words in found[0].finding.detail
    assert do in found[0].finding.do


def test_what_is_gone_is_put_back_by_a_deployment() -> None:
    error = Unavailable("An error occurred (ResourceNotFoundException): Stream events not found")
    [found] = examine([Probe("fails", raising(error), 5)], NOTHING)
    assert "--revert-drift" in found.finding.do


def stopping(_: Examination) -> Finding:
    return broken("off", "switch it on", [Part.PROCESS])


def following(examination: Examination) -> Finding:
    return examination.unfollowed("accepted", Part.PROCESS) or ok("arrived")


def test_what_a_cause_stops_is_not_examined_and_names_it() -> None:
    stack = ExaminedStack()
    with examination(stack) as sound:
        found = examine([Probe("cause", stopping, 5, True), Probe("follows", following, 5)], sound)
        assert examine([Probe("follows", following, 5)], sound)[0].finding == ok("arrived")
    assert found[1] == Examined("follows", unexamined("accepted; not checked further, see `cause`"))


def test_a_cause_that_cannot_be_looked_for_stops_nothing() -> None:
    stack = ExaminedStack()
    with examination(stack) as sound:
        causes = [
            Probe("hangs", hanging_for(1), 0.1, True),
            Probe("fails", raising(KeyError("x")), 5, True),
        ]
        found = examine([*causes, Probe("follows", following, 5)], sound)
    assert [one.finding.state for one in found] == [State.BROKEN, State.BROKEN, State.OK]


def test_no_probe_may_take_longer_than_is_said() -> None:
    began = time.monotonic()
    [found] = examine([Probe("hangs", hanging_for(3), 30)], NOTHING, most=0.1)
    assert time.monotonic() - began < 2
    assert found.finding.detail == "no answer within 0.1 s"


def test_an_endless_error_is_cut() -> None:
    [found] = examine([Probe("fails", raising(ValueError("x" * 10_000)), 5)], NOTHING)
    assert len(found.finding.detail) < LONGEST_WORDS + 50


def test_progress_counts_the_probes_that_are_done() -> None:
    seen: list[tuple[int, int]] = []
    examine(
        [Probe(name, finding(State.OK), 5) for name in "abc"],
        NOTHING,
        lambda done, of: seen.append((done, of)),
    )
    assert seen[-1] == (3, 3)


# arrivals


def test_many_who_wait_look_once_and_each_finds_its_own() -> None:
    looks: list[float] = []

    def read() -> Iterable[TimelineEvent]:
        looks.append(time.monotonic())
        arrived = len(looks) > 1
        return [_event(f"e{number}") for number in range(8)] if arrived else []

    arrivals = Arrivals(read)
    found: dict[str, TimelineEvent | None] = {}
    threads = [
        threading.Thread(target=lambda name=name: found.update({name: arrivals.wait_for(name, 10)}))
        for name in (f"e{number}" for number in range(8))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name for name, one in found.items() if one is not None and one.id == name} == set(found)
    assert len(looks) == 2


def test_what_never_arrives_is_waited_for_no_longer_than_asked() -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    arrivals = Arrivals(list, clock=lambda: now[0], sleep=sleep)
    assert arrivals.wait_for("e1", 5) is None
    assert 5 <= now[0] <= 5 + PAUSE


def _event(name: str) -> TimelineEvent:
    return TimelineEvent(
        id=name, type="track", name="n", source="s", occurred_at=NOON, received_at=NOON, properties={}
    )


# what is said


FOUND = [
    Examined("one", ok("fine")),
    Examined("two", attention("works", "set x")),
    Examined("three", broken("[red]gone[/red]", "do y")),
]


def test_json_is_a_list_of_four_words_each() -> None:
    assert as_json(FOUND) == [
        {"probe": "one", "state": "ok", "detail": "fine", "do": ""},
        {"probe": "two", "state": "attention", "detail": "works", "do": "set x"},
        {"probe": "three", "state": "broken", "detail": "[red]gone[/red]", "do": "do y"},
    ]


@pytest.mark.parametrize("is_terminal", [False, True])
def test_the_table_has_signs_and_colours_only_on_a_terminal(is_terminal: bool) -> None:
    colours = {"force_terminal": True, "color_system": "standard"} if is_terminal else {}
    console = Console(file=io.StringIO(), width=100, highlight=False, no_color=False, **colours)  # type: ignore[arg-type]
    with console.capture() as captured:
        show(FOUND, console)
    text = captured.get()
    assert ("\x1b[" in text) is is_terminal
    if not is_terminal:
        assert [line[0] for line in text.splitlines() if line[0] in "✓!✗"] == ["✓", "!", "✗"]
        assert "[red]gone[/red]" in text
        assert "→ set x" in text


@pytest.mark.parametrize(
    ("states", "is_so"),
    [
        ([State.OK], False),
        ([State.ATTENTION], False),
        ([State.BROKEN], True),
        ([State.OK, State.BROKEN], True),
        ([State.OK, State.UNEXAMINED], False),
    ],
)
def test_only_what_is_broken_counts(states: list[State], is_so: bool) -> None:
    assert is_broken([Examined("p", Finding(state, "d")) for state in states]) is is_so


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The command on a stack of which `states` are found."""

    def run(*arguments: str, states: Iterable[State] = (State.OK,)) -> Any:
        asked = [Probe(f"probe {number}", finding(state), 5) for number, state in enumerate(states)]
        monkeypatch.setattr(Stack, "load", lambda stage=None: Stack(stage or "local", "http://x", {}))
        monkeypatch.setattr(examining, "examination", lambda _stack: NOTHING)
        monkeypatch.setattr(examining, "probes", lambda with_message: asked[: None if with_message else 1])
        return CliRunner().invoke(typed, ["doctor", *arguments])

    return run


@pytest.mark.parametrize(
    ("states", "code"),
    [([State.OK], 0), ([State.OK, State.ATTENTION], 0), ([State.ATTENTION, State.BROKEN], 1)],
)
@pytest.mark.parametrize("json", [True, False])
def test_the_exit_code_says_whether_anything_is_broken(
    run: Callable[..., Any], states: list[State], code: int, json: bool
) -> None:
    assert run(*(["--json"] if json else []), states=states).exit_code == code


def test_json_is_all_that_is_printed(run: Callable[..., Any]) -> None:
    answer = run("--json", states=[State.OK, State.BROKEN])
    assert [one["state"] for one in orjson.loads(answer.stdout)] == ["ok", "broken"]


def test_no_email_leaves_the_message_out(run: Callable[..., Any]) -> None:
    assert len(orjson.loads(run("--json", "--no-email", states=[State.OK] * 3).stdout)) == 1
