"""One history from one seed: a workspace, people of several kinds, and their clients' requests in the order of time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from shared.workspace.model import Workspace
from simulation.campaign.history import hostile, ordinary, workspaces
from simulation.campaign.history.model import Applied, History, Request
from simulation.campaign.history.saying import Notebook

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

FEWEST_PEOPLE, MOST_PEOPLE = 6, 9
"""Ordinary ones. The more there are, the longer a seed takes, and the fewer seeds are run: each is another mixture."""

CROWDED = 0.12
"""Share of the histories that have one of the shapes with many events, beside others."""

SPANS = (6, 10, 15, 15, 30, 90)
"""Minutes in which everything is sent. `sweep` looks each minute, which is most of what a run takes."""

PATIENT = 0.08
"""Share of the histories in which clients send again after hours."""


def draw(seed: int) -> History:
    random = Random(f"history {seed}")
    workspace = workspaces.draw(random)
    span = timedelta(minutes=random.choice(SPANS))
    book = Notebook(random, START, span, is_patient=random.random() < PATIENT)
    ordinarily = random.choices(ordinary.KINDS, k=random.randint(FEWEST_PEOPLE, MOST_PEOPLE))
    shapes = random.sample(hostile.SHAPES, random.randint(1, 3))
    if random.random() < CROWDED:
        shapes[0] = random.choice(hostile.CROWDS)
    people = [kind(book, f"p{number}") for number, kind in enumerate(ordinarily)]
    people += [shape(book, f"h{number}") for number, shape in enumerate(shapes)]
    requests = sorted(book.requests, key=lambda request: request.at)
    return History(
        seed=seed,
        start=START,
        workspace=workspace,
        people=tuple(people),
        requests=tuple(replace(request, number=number) for number, request in enumerate(requests)),
        applied=_applied(random, workspace, span),
    )


def _applied(random: Random, workspace: Workspace, span: timedelta) -> tuple[Applied, ...]:
    """Mostly none; at most two in the middle of everything."""
    applied = []
    for _ in range(random.choice((0, 0, 1, 2))):
        workspace = workspaces.changed(random, workspace)
        applied.append(Applied(START + random.random() * span, workspace))
    return tuple(sorted(applied, key=lambda one: one.at))


def requests_of(history: History, person: str) -> list[Request]:
    return [one for one in history.requests if any(said.person == person for said in one.said)]
