"""More campaigns for one event than it may ask for messages: lint says which may be dropped, and apply goes on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from shared.authoring.findings import Finding
from shared.authoring.lint import checked, lint
from shared.workspace.limits import MOST_MESSAGES
from tests.unit.conftest import WriteFiles
from tests.unit.lint.test_cycles import MAIL, NEEDED


def found(folder: WriteFiles, counts: Sequence[tuple[str, int]]) -> list[Finding]:
    lines = "".join(
        f"  {event[:3].lower()}-{n}: {{event: {event}, {MAIL}}}\n"
        for event, count in counts
        for n in range(count)
    )
    path = folder({**NEEDED, "campaigns.yaml": f"campaigns:\n{lines}"})
    assert checked(path).findings == []
    return lint(path)


@pytest.mark.parametrize(("count", "warned"), [(-1, 0), (0, 0), (1, 1), (900, 1)])
def test_one_campaign_more_than_an_event_asks_for_is_a_warning_there(
    folder: WriteFiles, count: int, warned: int
) -> None:
    findings = found(folder, [("Play Song", MOST_MESSAGES + count)])
    assert [(one.rule, one.severity) for one in findings] == [("many-campaigns", "warning")] * warned
    for one in findings:
        assert one.place.line == 2 + MOST_MESSAGES  # the first that may be dropped
        assert f"{MOST_MESSAGES + count} campaigns wait for `Play Song`" in one.message
        assert f"`pla-{MOST_MESSAGES}`" in str(one.advice)


def test_each_event_counts_for_itself(folder: WriteFiles) -> None:
    assert found(folder, [("Play Song", MOST_MESSAGES), ("Session Started", MOST_MESSAGES)]) == []
