"""The ledger of a stack for a time: log lines, batches given up, lake and message log, each asked once.

The lines are cut into slices on the disk, `on_disk`, and the balance is drawn slice by slice: the lines of an hour may
be more than fit in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cli.lake.asking import ask
from cli.laptop.laptop import Laptop
from cli.ledger import in_queues, in_the_lake, of_messages, on_disk, on_the_laptop
from cli.ledger.in_the_lake import Reconciled
from cli.ledger.of_messages import Outcomes
from cli.stacks import Stack
from shared.aws.messages import lists
from shared.aws.queues import given_up
from shared.aws.stack import witnesses
from shared.ledger.balance import GRACE, Balance, Missing, Why
from shared.ledger.drawing import Drawing
from shared.ledger.lines import HOUR, Witness, hour_of

WHO_PUTS = ("Collect", "Replay", "Sweep")
"""Functions whose lines are read, besides those of `process` and `send`. By the words of the stack's outputs."""

ON_THE_LAPTOP = timedelta(seconds=20)
"""Nothing waits longer there for its turn."""

LAKE_SETTLES = timedelta(minutes=30)
"""Firehose's buffer, archive's window, and what both may take to try again."""


@dataclass(slots=True)
class Ledger:
    """`arrived` are missing records whose rows are in the lake. `lake` is None where it was not asked."""

    since: datetime
    until: datetime
    balance: Balance
    arrived: set[int] = field(default_factory=set)
    lake: Reconciled | None = None
    messages: Outcomes = field(default_factory=Outcomes)

    @property
    def lost(self) -> list[Missing]:
        """Without those of which only the line is lost: nobody says anything of them, and the lake has them."""
        return [one for one in self.balance.missing if not self._only_lacks_a_line(one)]

    @property
    def lines_lost(self) -> int:
        return len(self.balance.missing) - len(self.lost)

    def is_in_the_lake(self, one: Missing) -> bool | None:
        """Whether the lake has events of a missing record; None where nobody looked."""
        if self.lake is None or one.why is Why.IN_PART:
            return None
        return one.place.number in self.arrived

    def _only_lacks_a_line(self, one: Missing) -> bool:
        return one.why is Why.NOT_SAID and one.place.number in self.arrived

    @property
    def is_balanced(self) -> bool:
        """Messages that may be in a queue count as if they were there."""
        return (
            not self.lost
            and all(one.difference == 0 for one in self.balance.counts.values())
            and not (self.lake and self.lake.short)
            and not self.messages.missing_at_least
        )


Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and of how much; of 0, if nobody knows."""


def silent(_doing: str, _done: int, _all: int) -> None:
    """Progress that nobody looks at."""


def read(
    stack: Stack,
    since: datetime,
    until: datetime,
    now: datetime,
    *,
    with_lake: bool,
    progress: Progress = silent,
) -> Ledger:
    """From the beginning of the hour of `since`, as the lines up to `until` say it: what was done after that waits.
    Lake, message log and queues are as they are `now`. Raises Unavailable and Problem, and OSError where the disk has
    no room for the lines."""
    first = hour_of(since)
    begun = datetime.fromtimestamp(first * HOUR, UTC)
    grace = ON_THE_LAPTOP if stack.stage == "local" else GRACE
    with on_disk.slices() as slices:
        for one in _witnesses(stack, begun, until, progress):
            slices.add(one)
        drawing = Drawing(
            until,
            _given_up(stack["GivenUpBucket"]),
            grace,
            first=first,
            most_rows=in_the_lake.MOST,
            most_messages=of_messages.MOST,
        )
        slices.draw(drawing, lambda done, of: progress("Drawing the balance", done, of))
    drawn = drawing.drawn()
    made = Ledger(begun, until, drawn)
    if with_lake:
        progress("Asking the lake", 0, 0)
        settled = now - (ON_THE_LAPTOP if stack.stage == "local" else LAKE_SETTLES)
        days = in_the_lake.days(drawn.rows, begun, until)
        made.lake = in_the_lake.reconciled(drawn, lambda sql: ask(sql, stack), *days, settled)
        whole = [one for one in drawn.missing if one.why is not Why.IN_PART]
        made.arrived = in_the_lake.arrived(whole, lambda sql: ask(sql, stack), *days)
    progress("Asking the message log", 0, 0)
    made.messages = of_messages.outcomes(
        drawn,
        lambda ids: lists.by_ids(stack["MessagesTable"], ids),
        lambda: in_queues.read(stack),
        now - grace,
        now,
    )
    return made


def _witnesses(stack: Stack, since: datetime, until: datetime, progress: Progress) -> Iterator[Witness]:
    if stack.stage == "local":
        yield from on_the_laptop.read(
            Laptop.of_this_checkout(),
            since,
            until,
            lambda done, of: progress("Reading the log lines", done, of),
        )
        return
    functions = _functions(stack.outputs)
    seconds = round((until - since).total_seconds())
    for read_before, (stage, name) in enumerate(functions.items()):
        for one in witnesses.read({stage: name}, since, until):
            done = read_before * seconds + int((one.at - since).total_seconds())
            progress("Reading the log lines", done, len(functions) * seconds)
            yield one


def _functions(outputs: Mapping[str, str]) -> dict[str, str]:
    """`process` last: what was put while the others were read need not be in their lines, but then waits."""
    words = {
        output.removesuffix("Function"): name
        for output, name in outputs.items()
        if output.endswith("Function")
    }
    sending = [word for word in words if word.startswith("Send")]
    return {word.lower(): words[word] for word in (*WHO_PUTS, *sending, "Process") if word in words}


def _given_up(bucket: str) -> set[int]:
    return {number for batch in given_up.batches(bucket) for number in given_up.numbers(bucket, batch.key)}
