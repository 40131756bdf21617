"""What `make test` makes of a test that fails once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import suites
from tests.suites import TRIED_AGAIN, Suite

FAILS_ONCE = """
from pathlib import Path

import pytest

@pytest.mark.parametrize("number", range({tests}))
def test_a_race(number):
    seen = Path(__file__).with_name(f"seen-{{number}}")
    first = not seen.exists()
    seen.touch()
    assert not first
"""


@pytest.fixture
def outcome(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> suites.Outcome:
    """Of a suite of so many tests that each fail once."""
    tests, live = request.param
    (tmp_path / "test_races.py").write_text(FAILS_ONCE.format(tests=tests))
    suite = Suite(
        f"test-of-suites-{tests}", (str(tmp_path), "--rootdir", str(tmp_path), "-p", "no:xdist"), live=live
    )
    return suites.run(suite, None, [])


@pytest.mark.parametrize("outcome", [(1, True), (TRIED_AGAIN, True)], indirect=True)
def test_what_passes_at_the_second_try_is_named(outcome: suites.Outcome) -> None:
    assert not outcome.failed
    assert "only at the second try: test_races.py::test_a_race[0]" in str(outcome)


@pytest.mark.parametrize("outcome", [(1, False), (TRIED_AGAIN + 1, True)], indirect=True)
def test_neither_units_nor_many_failures_are_tried_again(outcome: suites.Outcome) -> None:
    assert outcome.failed
    assert outcome.again == ()
