"""What collect said of events, for reading on a terminal."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence

from rich.text import Text

from cli import source_keys
from cli.collect_client import Answer
from cli.console import console, visible
from cli.stacks import Stack
from shared.plan.reasons import Observation
from shared.text.spelling import closest

MOST_NAMED = 5
"""Names that are not in the plan, of a file of many."""


def observed(answer: Answer, document: object, stack: Stack) -> str:
    """What was taken though the plan does not define it, or was left out, in words; empty when nothing was."""
    counts = dict(answer.body.get("observed") or {})
    said = []
    if counts.pop(Observation.UNKNOWN_EVENT, 0):
        workspace, _ = source_keys.read(stack)
        said.append(f"not in the plan: {not_in_the_plan(document, [one.id for one in workspace.events])}")
    said += [f"{code} ({count})" for code, count in counts.items()]
    return "; ".join(said)


def not_in_the_plan(document: object, defined: Sequence[str]) -> str:
    """The names of a document's tracks that are not defined: `Order cake, did you mean Order Cake?`."""
    events = document.get("batch", [document]) if isinstance(document, dict) else []
    names = dict.fromkeys(event.get("event") for event in events if isinstance(event, dict))
    unknown = [name for name in names if isinstance(name, str) and name not in defined]
    meant = [(visible(name), closest(name, defined)) for name in unknown[:MOST_NAMED]]
    said = [f"{name}, did you mean {known}?" if known else name for name, known in meant]
    return " ".join(one if one.endswith("?") else f"{one}," for one in said).rstrip(",")


def show(answer: Answer, stage: str | None, observed: Callable[[], str]) -> None:
    """Print how many events were accepted and why others were not. `observed` says what is asked only if some were."""
    if answer.accepted:
        also = observed()
        text = Text.assemble(("✓", "green"), f" {answer.accepted} accepted{f'; {also}' if also else ''}")
        console.print(text, soft_wrap=True)
    for rejection in answer.rejected:
        id_ = f", message id {rejection['id']}" if rejection["id"] is not None else ""
        one = Text.assemble(("✗", "red"), f" rejected: item {rejection['index']}{id_}")
        console.print(one, soft_wrap=True)
        for reason in rejection["reasons"]:
            console.print(f"    {reason['code']}  {reason['message']}", markup=False, soft_wrap=True)
    if answer.rejected:
        at = f" --stage {stage}" if stage else ""
        shown = next((f"show {one['id']}" for one in answer.rejected if _can_be_typed(one["id"])), "list")
        console.print(
            f"Kept for a replay: headrace rejected {shown}{at}",
            markup=False,
            soft_wrap=True,
        )
    if answer.status != 200 and not answer.rejected:
        said = f"{answer.status} {answer.body.get('code', '')}: {answer.body.get('message', '')}"
        console.print(f"✗ {said}", style="red", markup=False)


def _can_be_typed(id_: object) -> bool:
    """Whether a message id can stand in a command as it is; clients' own may be anything."""
    return isinstance(id_, str) and shlex.quote(id_) == id_
