"""One shard's part of a round: whoever was missed a few minutes ago, then whoever fell due since the last round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from functions.sweep.pace import Pace
from functions.sweep.timers import timer
from shared import records
from shared.people.due import DueProfile, ShardProgress, behind, instant
from shared.ports.people import DueProfiles
from shared.ports.streams import Stream

PAGE = 500
"""Timers read and sent at a time, as many as one PutRecords takes:
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html"""

SETTLED = timedelta(minutes=3)
"""How long somebody may still come into a minute of the index that has passed: `process` looks at the clock, folds for
two minutes at most, and only then is what it saved in the index."""

WIDEST = timedelta(hours=1)
"""How much of the past one round covers, and its second look. After a longer pause, like a laptop's night, several
rounds catch up."""

FRUITLESS = 3
"""How often the stream may accept nothing of a page, or of what is left of it. If it took none of the page, the round
leaves the shard to the next round. If it took others, the rest are for a shard of the stream that is throttled: those
behind them must not wait for it, and the second look comes to them again."""

logger = Logger()


class TimersNotSent(Exception):
    """The stream accepts nothing, or some timers it does not. The next round continues with them."""


@dataclass(slots=True)
class ShardRound:
    """`progress` is how far the shard has come. `keep` is called when that changes, with whether timers were sent
    since. `sampled` are the places of the last timers of each page that was sent, `untaken` how many were passed over,
    because the stream took others and not these."""

    shard: int
    progress: ShardProgress
    now: datetime
    due_profiles: DueProfiles
    stream: Stream
    pace: Pace
    keep: Callable[[int, ShardProgress, bool], None]
    sent: int = 0
    unsendable: int = 0
    untaken: int = 0
    sampled: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Raises Unavailable and TimersNotSent; `progress` says what was done by then."""
        settled = self.now - SETTLED
        settled_minute = behind(settled.replace(second=0, microsecond=0) - timedelta(milliseconds=1))
        begun = self.progress.sent
        widest = behind(instant(self.progress.looked_again) + WIDEST)
        nothing_taken: TimersNotSent | None = None
        try:
            if not self._look_again(min(begun, settled_minute, widest)):
                return
        except TimersNotSent as error:  # whoever fell due since must not wait for these
            nothing_taken = error
        try:
            self._send_up_to(max(begun, behind(min(self.now, instant(begun) + WIDEST))))
        finally:
            # What was read just now, so late, need not be read again, if the second look has come so far.
            if self.progress.looked_again >= begun and nothing_taken is None and not self.untaken:
                self._reached(looked_again=max(begun, min(self.progress.sent, settled_minute)))
        if nothing_taken is not None:
            raise nothing_taken
        if self.untaken:
            raise TimersNotSent(f"the stream did not take {self.untaken} timers, and took others")

    def _look_again(self, until: str) -> bool:
        """Send to whoever came in behind the rounds, or has not been folded since. Whether there was time for all.

        It begins anew with the first that the stream did not take: nobody looks for them after this."""
        place, untaken = self.progress.looked_again, self.untaken
        while place < until:
            before = self.sent
            place, complete = self._send_page(place, until)
            if self.untaken == untaken:
                self._reached(looked_again=place, worth_keeping=self.sent > before)
            if not complete:
                return False
        return True

    def _send_up_to(self, until: str) -> None:
        while self.progress.sent < until:
            before = self.sent
            place, complete = self._send_page(self.progress.sent, until)
            self._reached(sent=place, worth_keeping=self.sent > before)
            if not complete:
                return

    def _send_page(self, after: str, until: str) -> tuple[str, bool]:
        """How far the index is done with, and whether that is all there was time for."""
        page = self.due_profiles.due(self.shard, after, until, PAGE)
        left = [due for due in page if self._is_sendable(due)]
        fruitless, before = 0, self.sent
        while left and self.pace.wait_for(len(left)):
            unsent = self.stream.put([timer(due, self.now) for due in left])
            fruitless = fruitless + 1 if len(unsent) == len(left) else 0
            self.sent += len(left) - len(unsent)
            for position in unsent.refused:
                self._give_up(left[position])
            left = [left[position] for position in unsent if position not in unsent.refused]
            if left and fruitless == FRUITLESS:
                if self.sent == before:
                    raise TimersNotSent(f"the stream took none of {len(left)} timers, {FRUITLESS} times")
                self.untaken += len(left)
                left = []
        if left:
            first_unsent = page.index(left[0])
            return (page[first_unsent - 1].place if first_unsent else after), False
        if page:
            self.sampled.append(page[-1].place)
        return (until if len(page) < PAGE else page[-1].place), True

    def _is_sendable(self, due: DueProfile) -> bool:
        if len(due.key) <= records.LONGEST_KEY:
            return True
        self._give_up(due)
        return False

    def _give_up(self, due: DueProfile) -> None:
        """A timer that no record can carry, or that the stream refuses, would hold up everybody behind it, for ever."""
        logger.error("a timer that no record can carry", extra={"place": due.place})
        self.unsendable += 1

    def _reached(self, *, worth_keeping: bool = False, **places: str) -> None:
        self.progress = self.progress._replace(**places)
        self.keep(self.shard, self.progress, worth_keeping)
