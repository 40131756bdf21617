"""All promises, held against one run."""

from __future__ import annotations

from datetime import timedelta

from simulation.campaign.history.model import History
from simulation.campaign.oracle import contents, lake, messages, outcomes, people, sessions, standing
from simulation.campaign.oracle.observed import Observed
from simulation.campaign.oracle.truth import Finding, Truth

PROMISES = (
    standing.answers,
    lake.check,
    people.check,
    sessions.check,
    messages.check,
    outcomes.check,
    contents.check,
    standing.check,
    standing.put_aside,
)


def findings(history: History, observed: Observed, clocks_off: timedelta = timedelta()) -> list[Finding]:
    """What was promised and is not so, the first of each kind first. `clocks_off` is by how much functions' clocks were
    wrong at most."""
    truth = Truth(history, observed, clocks_off)
    return [finding for promise in PROMISES for finding in promise(truth)]
