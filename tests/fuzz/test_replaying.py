"""`make fuzz REPLAY=file` of what is no file of a request."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.fuzz import __main__ as fuzz


@pytest.mark.parametrize("text", [None, "", "[]", "{}", "7", '{"body": 1}', '{"body": "", "strange": 1}'])
def test_a_file_that_cannot_be_replayed_is_one_line_and_exit_code_2(
    text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "request.json"
    if text is not None:
        file.write_text(text)
    monkeypatch.setattr(sys, "argv", ["fuzz", "--replay", str(file)])

    assert fuzz.main() == 2

    said = capsys.readouterr().err
    assert str(file) in said
    assert said.count("\n") == 1
