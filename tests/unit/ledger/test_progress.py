"""How far the reading is: a bar on a terminal, nothing anywhere else."""

from __future__ import annotations

import pytest

from cli.ledger import progress, reading


@pytest.mark.parametrize(
    ("on_a_terminal", "shown", "drawn"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_bar_is_drawn_on_a_terminal_unless_json_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    on_a_terminal: bool,
    shown: bool,
    drawn: bool,
) -> None:
    monkeypatch.setenv("FORCE_COLOR" if on_a_terminal else "NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")

    with progress.bar(shown=shown) as told:
        for done in range(1_000):
            told("Reading the log lines", done, 1_000)
        told("Asking the lake", 0, 0)

    written = capsys.readouterr()
    assert (told is not reading.silent) is drawn
    assert ("Asking the lake" in written.err) is drawn
    assert written.out == ""
