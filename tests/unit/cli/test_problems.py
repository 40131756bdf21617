"""How the command ends when it cannot do what it was asked to."""

from __future__ import annotations

import pytest

from cli import main
from cli.problem import Problem
from shared.failures import Unavailable, UnreadableSlice


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (Problem("No stack", "headrace up"), "headrace: No stack\nheadrace up\n"),
        (Problem("No stack"), "headrace: No stack\n"),
    ],
)
def test_a_problem_is_a_sentence_and_what_to_do_next(
    raised: Problem, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise raised

    monkeypatch.setattr(main, "typed", fail)

    with pytest.raises(SystemExit) as ended:
        main.app()

    assert ended.value.code == 1
    assert capsys.readouterr().err == said


def test_an_aws_that_does_not_answer_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise Unavailable("throttled")

    monkeypatch.setattr(main, "typed", fail)

    with pytest.raises(SystemExit) as ended:
        main.app()

    assert ended.value.code == 1
    assert "throttled" in capsys.readouterr().err


def test_a_part_of_a_profile_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise UnreadableSlice("traits")

    monkeypatch.setattr(main, "typed", fail)

    with pytest.raises(SystemExit) as ended:
        main.app()

    assert ended.value.code == 1
    assert "The part “traits” of this person's profile is damaged" in capsys.readouterr().err


def test_a_laptop_that_does_not_run_says_how_to_start_it(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HEADRACE_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setattr("sys.argv", ["headrace", "logs"])

    with pytest.raises(SystemExit) as ended:
        main.app()

    assert ended.value.code == 1
    assert "headrace up" in capsys.readouterr().err
