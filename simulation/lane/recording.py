"""The records in their order: what asks for messages is followed at once by them and their feedback.

So the order of a person's records is found, feedback included; it is what a replay delivers in other ways. Records that
cannot ask for a message wait for one that may, and are processed together with it: that is quicker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from shared import records
from shared.events import HEADRACE
from shared.own_events import OWN_EVENTS
from shared.people.due import DueProfile, instant
from shared.plan.reasons import Reason
from shared.ports.streams import StreamEntry
from shared.workspace.model import Workspace
from simulation.lane.collecting import Judge
from simulation.lane.entries import SAID_BY_TIMERS, Outcome
from simulation.lane.lines import Feedback
from simulation.lane.people import Kept
from simulation.lane.plan import Changed, FromSource, Plan
from simulation.lane.stages import LambdaRecord, Stages

MOST_WAITING = 100
"""Records in a batch."""

SAID_EVERY = 200
"""Steps between two words on how far it is."""

Advance = Callable[[int, int], object]
"""Called with the steps that are done, and how many there are."""


class Put(NamedTuple):
    """A record on the lane."""

    at: datetime
    entry: StreamEntry


class RejectedLine(NamedTuple):
    """An event that the plan, or what is known of its person, does not let in."""

    number: int
    event: str
    reasons: list[Reason]


@dataclass(slots=True)
class Recorded:
    """`lines` are numbers by message id; `feedback` the ids of own events that the history has itself."""

    plan: Plan
    stages: Stages
    lane: list[Put | Changed] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    feedback: set[str] = field(default_factory=set)
    rejected: list[RejectedLine] = field(default_factory=list)


def unseen(done: int, total: int) -> None:
    """For runs that nobody watches."""


def recorded(plan: Plan, advance: Advance = unseen) -> Recorded:
    """Run the plan."""
    made = Recorded(plan, Stages(plan.workspace, Kept()))
    _Recording(made).run(advance)
    return made


class _Asking:
    """What may ask for a message of this workspace, which only campaigns do.

    `any_event` says that an event of ours may, and those follow from whatever comes; `by_timers` says that a timer may.
    Where none does, it makes no difference at all whether a person's timers are folded at their instants or before
    their next event, see `shared.fold.run`.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._names = workspace.campaigns_by_event.keys()
        self.any_event = not OWN_EVENTS.keys().isdisjoint(self._names)
        self.by_timers = not SAID_BY_TIMERS.isdisjoint(self._names)

    def may_ask(self, name: str) -> bool:
        """Whether an event of this name may, by itself or by what follows from it."""
        return self.any_event or name in self._names


class _Recording:
    def __init__(self, made: Recorded) -> None:
        self._made = made
        self._stages = made.stages
        self._waiting: list[LambdaRecord] = []
        self._latest = made.stages.now
        self._asking = _Asking(made.plan.workspace)
        self._judge = Judge(made.stages.workspace, made.plan.seed)

    def run(self, advance: Advance) -> None:
        steps = self._made.plan.steps
        for number, step in enumerate(steps):
            if number % SAID_EVERY == 0:
                advance(number, len(steps))
            at = step.sent.at if isinstance(step, FromSource) else step.at
            if self._asking.by_timers or isinstance(step, Changed):
                self._sweep(at)
            match step:
                case FromSource():
                    self._send(step)
                case Feedback(number, at, key, event):
                    self._made.lines[event["id"]] = number
                    self._made.feedback.add(event["id"])
                    entry = StreamEntry(key, _of_feedback(step, self._stages.workspace.version))
                    self._put(Put(at, entry), may_ask=self._asking.may_ask(event["name"]))
                case Changed(at, workspace):
                    self._made.lane.append(step)
                    self._change(workspace, at)
        self._sweep(self._made.plan.until)

    def _send(self, step: FromSource) -> None:
        sent = step.sent
        judged = self._judge.judge(step)
        if judged.record is None:
            self._made.rejected.append(RejectedLine(sent.number, judged.event, judged.reasons))
            return
        self._made.lines.setdefault(judged.event, sent.number)
        self._put(Put(sent.at, judged.record), may_ask=self._asking.may_ask(judged.name))

    def _put(self, put: Put, *, may_ask: bool) -> None:
        self._made.lane.append(put)
        self._waiting.append(self._stages.record(put.entry, put.at))
        self._latest = put.at
        if may_ask or len(self._waiting) >= MOST_WAITING:
            self._work_off()

    def _work_off(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._stages.deliver(waiting, self._latest)
            self._follow()

    def _follow(self) -> None:
        """Send what was asked for; what the send stage says of it comes in at the same instant."""
        for request in self._stages.bus.newly_asked():
            before = len(self._stages.feedback.entries)
            self._made.outcomes[request.id] = self._stages.messages.send(request)
            for entry in self._stages.feedback.entries[before:]:
                self._put(Put(self._stages.now, entry), may_ask=self._asking.any_event)

    def _sweep(self, until: datetime) -> None:
        """Each timer at its instant, where that makes a difference."""
        self._work_off()
        profiles = self._stages.profiles
        while (
            self._asking.by_timers
            and (due := profiles.next_due()) is not None
            and (at := instant(due.place)) <= until
        ):
            profiles.taken()
            self._tick([due], at)
        while waiting := profiles.due_by(until):
            for first in range(0, len(waiting), MOST_WAITING):
                self._tick(waiting[first : first + MOST_WAITING], until)

    def _tick(self, due: Sequence[DueProfile], at: datetime) -> None:
        """Timers of one instant, each another person's."""
        self._stages.deliver([self._stages.tick(one, at) for one in due], at)
        self._follow()

    def _change(self, workspace: Workspace, at: datetime) -> None:
        self._stages.apply(workspace, at)
        self._asking = _Asking(workspace)
        self._judge = Judge(self._stages.workspace, self._made.plan.seed)


def _of_feedback(feedback: Feedback, version: int) -> bytes:
    common = {
        "key": feedback.key,
        "source": HEADRACE,
        "protocol": HEADRACE,
        "trust": "server",
        "workspace": version,
        "request": str(feedback.number),
        "received_at": feedback.at,
        "tally": {"received": 1, "accepted": 1, "rejected": 0},
    }
    return records.encode(common, [feedback.event])
