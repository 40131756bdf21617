"""The speed of `headrace simulate`: the command is run, and the page names the benchmark that its figures are of."""

from __future__ import annotations

from pathlib import Path

from benchmarks.simulate import Speed, measure

PAGE = Path(__file__).parents[3] / "docs" / "simulating.md"


def test_a_month_is_simulated_by_the_command_itself() -> None:
    speed = measure(events=40, people=5, rounds=1)
    assert speed.events == 40
    assert 0 < speed.seconds < 60


def test_the_speed_is_given_by_events_and_by_the_month_that_they_fill() -> None:
    assert str(Speed(25_000, 10.0)) == (
        "25,000 events in 10.0 s: 2,500 events a second, 259,200 times as fast as real time"
    )


def test_the_page_names_the_benchmark() -> None:
    assert "python -m benchmarks.simulate" in PAGE.read_text()
