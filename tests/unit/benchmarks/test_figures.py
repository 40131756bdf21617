"""What 1,000 events cost is guarded: a change that makes them dearer shows here, not on the bill."""

from __future__ import annotations

import pytest

from benchmarks import figures, process
from benchmarks.figures import AT_MOST, COUNTED


def test_what_events_cost_is_what_the_last_benchmark_found() -> None:
    kept = {name: value for name, value in figures.load().items() if name.endswith(COUNTED)}
    kept = {name: value for name, value in kept.items() if ".prod_" not in name}  # in test_formed.py

    counted = process.counts()

    assert counted == pytest.approx(kept, rel=0.05)


def test_what_events_cost_is_within_what_we_promise() -> None:
    kept = figures.load()
    counted = [name for name in AT_MOST if name.endswith(COUNTED)]
    assert {name: kept[name] for name in counted if kept[name] > AT_MOST[name]} == {}


def test_the_document_quotes_the_kept_figures() -> None:
    assert figures.quoted() == figures.markdown(figures.load())
