"""`headrace ledger --json` names exactly the records that a planted bug loses. The same with a million events:
`python -m benchmarks.ledger`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.ledger.asking import ask
from benchmarks.ledger.load import LAST, Load

EVENTS = 1_000
BEGIN = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)


@pytest.mark.parametrize(("one_in", "exit_code"), [(100, 1), (10**9, 0)])
def test_the_command_names_each_lost_record_and_no_other(tmp_path: Path, one_in: int, exit_code: int) -> None:
    load = Load(tmp_path, BEGIN, EVENTS, one_in)
    load.write()

    answered = ask(tmp_path, BEGIN)

    assert bool(load.lost) is bool(exit_code)
    assert answered.missing == load.lost
    assert answered.exit_code == exit_code
    [counts] = answered.said["events"]
    assert (counts["accepted"], counts["missing"]) == (EVENTS + LAST, len(load.lost))
    assert counts["folded"] == counts["accepted"] - counts["missing"]
