"""Whether anything was put aside that somebody has to bring back: letters in dead-letter queues, batches given up."""

from __future__ import annotations

from collections.abc import Mapping

from cli.dead_letters.output import on
from cli.doctor.examination import Examination
from cli.doctor.finding import Finding, attention, ok
from cli.doctor.rules import MADE_BY_CLOUDFORMATION
from cli.stacks import name_of
from shared.aws.queues.put_aside import dead_letters, given_up

PAGE = "docs/operating/dead-letters.md describes each kind."


def put_aside(examination: Examination) -> Finding:
    prefix = f"{name_of(examination.stack.stage)}-"
    return of_put_aside(dead_letters(prefix), given_up(examination.stack["GivenUpBucket"]), prefix)


def of_put_aside(waiting: Mapping[str, int], batches: int, prefix: str) -> Finding:
    """`waiting` is by queue; `batches` are of `process`."""
    letters = {
        MADE_BY_CLOUDFORMATION.sub("", name.removeprefix(prefix)): number
        for name, number in sorted(waiting.items())
        if number
    }
    if not letters and not batches:
        return ok(f"{len(waiting)} dead-letter queues are empty, and no batch was given up")
    said = [f"{number} in {name}" for name, number in letters.items()]
    if batches:
        said.append(f"{batches} {'batch' if batches == 1 else 'batches'} that process gave up")
    what = f"headrace deadletters list{on(prefix.removeprefix('headrace-').removesuffix('-'))}"
    return attention("put aside: " + ", ".join(said), f"`{what}` says why, and what to do. {PAGE}")
