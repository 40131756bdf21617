"""Ports: what the stages ask of the world outside, as Protocols. `shared.aws` has one adapter per port,
tests one fake.

Writes take many items and return the positions of those that stayed unwritten after the adapter's own
retries, so that the caller decides per item; `Unwritten` says which of them the service refused for their content.
Any other failure is one of the exceptions below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:  # so that `collect` does not pay for importing the fold when it starts
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from shared.bus_entries import Entry
    from shared.fold.profile import Changes, Pointer, Profile
    from shared.imports import ImportProgress
    from shared.messaging.messages import Channel, MessageRequest, Status, Why
    from shared.people.due import DueProfile, Progress
    from shared.people.timeline import Chunk, TimelineEvent
    from shared.rejected import Dropped, RejectedEvent, RejectedRequest
    from shared.tee import Answer, Missed, Tally, TeedRequest
    from shared.workspace.model import Workspace


class Unavailable(Exception):
    """AWS throttled or failed after retries; the same call may work later."""


class Refused(Unavailable):
    """The service was there and would not take this content; other content it takes. The codes are in
    `shared.aws.refusals`. Whoever can put one item aside does so after a few tries; everybody else tries again later.
    """


class UnreadableWorkspace(Unavailable):
    """A version of the workspace that the code running here cannot read: altered, gone, or written by newer code.

    Whoever has an older version goes on with it, as while AWS fails.
    """


class VersionConflict(Exception):
    """Somebody else changed the item since it was read. `keys` are the items', where the service says which."""

    def __init__(self, message: str, keys: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.keys = tuple(keys)


class TooLargeToStore(Exception):
    """An item beyond what the table takes; no retry will make it smaller."""


class Unwritten(list[int]):
    """Positions of items that stayed unwritten, in order. `refused` are those whose content was refused."""

    def __init__(self, positions: Iterable[int] = (), refused: Iterable[int] = ()) -> None:
        self.refused = frozenset(refused)
        super().__init__(sorted(self.refused.union(positions)))


class StreamEntry(NamedTuple):
    key: str
    data: bytes


class Stream(Protocol):
    """Kinesis."""

    def put(self, entries: Sequence[StreamEntry]) -> list[int]: ...


class Profiles(Protocol):
    """Profiles and the pointers of identities that were joined to them, read consistently."""

    def load(self, keys: Collection[str]) -> dict[str, Profile | Pointer]:
        """What is stored under each key; absent keys are missing."""

    def save(self, changes: Changes, *, at: datetime) -> None:
        """All of it or nothing, each item only if its version is still the one read.

        Raises VersionConflict, TooLargeToStore or Refused.

        `at` is the wall clock: a profile that is due is indexed no earlier than that.
        """


class DueProfiles(Protocol):
    """The sparse index of profiles that want attention, as `sweep` reads it, and how far it has come.

    Places and shards are those of `shared.people.due`. All of it raises Unavailable.
    """

    def due(self, shard: int, after: str, until: str, limit: int) -> list[DueProfile]:
        """Whoever stands in the shard after one place and up to the other, soonest first. Fewer than `limit`: there
        are no more."""

    def is_waiting(self, shard: int, place: str) -> bool:
        """Whether somebody still stands there."""

    def claim(self, now: datetime, until: datetime, first: datetime) -> Progress | None:
        """How far the rounds have come, for this round alone `until` then; None while another one is at work. The very
        first starts at `first`."""

    def save(self, progress: Progress, until: datetime | None) -> None:
        """Keep what the round that claimed has reached; None gives the claim back.

        Raises VersionConflict when another round has claimed meanwhile.
        """


class Timeline(Protocol):
    def put(self, chunks: Sequence[Chunk]) -> Unwritten: ...

    def read(self, keys: Iterable[str], limit: int) -> list[TimelineEvent]:
        """The latest `limit` events stored under any of the keys, each once, oldest first."""


class Rejected(Protocol):
    def put(self, requests: Sequence[RejectedRequest]) -> Unwritten: ...

    def latest(self, limit: int, since: datetime, *, with_dropped: bool = False) -> list[RejectedEvent]:
        """Newest first, without what `headrace doctor` sent; what was dropped only when it is asked for."""

    def request(self, request: str) -> RejectedRequest | None: ...

    def mark(self, request: str, replayed: Mapping[int, datetime]) -> None:
        """Remember when the events at these indexes were replayed."""

    def drop(self, request: str, indexes: Sequence[int], dropped: Dropped) -> None:
        """Put the events at these indexes aside. Raises LookupError when the request is gone."""


class Bus(Protocol):
    def publish(self, entries: Sequence[Entry]) -> Unwritten: ...


class DeadLetters(Protocol):
    def put(self, letters: Sequence[bytes]) -> Unwritten: ...


class FailedTries(Protocol):
    """How often something failed for its content, remembered as long as the stream remembers it."""

    def add(self, name: str, at: datetime) -> int:
        """Count one more; how many there are now. Raises Unavailable."""


class Delivery(Protocol):
    """Firehose, on its way to the lake."""

    def put(self, records: Sequence[bytes]) -> Unwritten:
        """Each record is newline-separated JSON, at most 1,000 KiB."""


class QueryResult(NamedTuple):
    """Rows in the order of `columns`, values as `shared.lake.values` reads them; `types` are Athena's names."""

    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]
    scanned_bytes: int
    types: tuple[str, ...] = ()


class QueryFailed(Exception):
    """The query itself is at fault; the text is the engine's reason."""


class Queries(Protocol):
    """SQL over the lake."""

    def run(self, sql: str) -> QueryResult: ...


class Workspaces(Protocol):
    """Versions of the workspace. Readers keep a snapshot; see `shared.workspace.current`."""

    def latest_version(self) -> int:
        """0 when nothing was applied yet."""

    def load(self, version: int) -> Workspace:
        """Raises UnreadableWorkspace, which the adapter logs as an error."""

    def apply(self, workspace: Workspace, *, after: int, at: datetime, by: str) -> Workspace:
        """Store as the version following `after`. Raises VersionConflict when somebody applied in between."""


class Secrets(Protocol):
    """One of the stack's two secrets, a JSON object."""

    def read(self) -> dict[str, object]: ...

    def write(self, value: Mapping[str, object], *, instead_of: Mapping[str, object]) -> None:
        """Replace the top-level keys given; the others are kept, since operators may have put them there.

        Raises VersionConflict, and writes nothing, when one of them is no longer as `instead_of` has it (nor as it is
        to be): somebody else changed it since it was read.
        """


class StackSecrets(NamedTuple):
    """`keys` are what senders show us, or sign with: `{"default_write_key": ..., "sources": {id: {...}}}`. `collect`
    may read them, which the public reaches. `outgoing` is what we show others: `{"webhooks": {id: secret}, "tees":
    {source: {...}}}`, for the functions that call them alone."""

    keys: Secrets
    outgoing: Secrets


class LoggedMessage(NamedTuple):
    """A message as the log has it. `to` is the address, `provider_id` the provider's own id."""

    id: str
    person: str
    campaign: str
    channel: Channel
    event_id: str
    event_name: str
    status: Status
    reason: Why | None
    to: str | None
    provider_id: str | None
    requested_at: datetime
    claimed_until: datetime | None
    updated_at: datetime
    attempts: int = 0
    """Claims after which the provider was called, as far as anybody knows."""
    detail: str | None = None
    """What stands behind the reason: the words by `shared.messaging.refusal_words`, or where in which template."""


class Messages(Protocol):
    """The message log: claims before a provider is called, outcomes after."""

    def find(self, message: str) -> LoggedMessage | None: ...

    def claim(
        self,
        request: MessageRequest,
        *,
        to: str,
        until: datetime,
        at: datetime,
        spend_usd: float,
        cap_usd: float,
        instead_of: LoggedMessage | None = None,
    ) -> LoggedMessage | None:
        """Claim the message, and count an attempt. None: it is ours. Otherwise the message as it already stands.

        `spend_usd` is counted, in the same transaction, against the channel's `cap_usd` for the UTC day; 0
        counts nothing. Raises SpendCapReached, without a claim, when it would go over. `instead_of` is how the
        message stood when its claim was found to have expired: only then may the claim be taken over.
        """

    def release(
        self,
        request: MessageRequest,
        *,
        reason: Why,
        tried: bool,
        at: datetime,
        spend_usd: float,
        may_have_left: bool = False,
    ) -> None:
        """Give back a claim made `at`, whose message surely did not leave: it waits, for this reason, until a retry
        claims it. Unless it was `tried`, the attempt is not counted. A message that `may_have_left` at an attempt
        before stays uncertain."""

    def wait(self, request: MessageRequest, *, reason: Why, at: datetime) -> None:
        """Say of a message that nobody has claimed why it still waits. Changes no other."""

    def fault(self, request: MessageRequest, *, at: datetime) -> int:
        """Count a failure that is ours, not the provider's: how many there were. The message waits, as in `wait`."""

    def decline(
        self,
        request: MessageRequest,
        *,
        status: Status,
        reason: Why,
        to: str | None,
        at: datetime,
        detail: str | None = None,
    ) -> LoggedMessage | None:
        """Record that a message nobody has claimed will not be sent. None: recorded. Otherwise as for `claim`."""

    def record(
        self,
        request: MessageRequest,
        *,
        status: Status,
        reason: Why | None,
        to: str | None,
        provider_id: str | None,
        at: datetime,
        detail: str | None = None,
    ) -> None:
        """The outcome of a claimed message. Never turns a sent message into anything but delivered."""

    def of_person(self, keys: Iterable[str], limit: int) -> list[LoggedMessage]:
        """Newest first."""

    def latest(self, limit: int, since: datetime) -> list[LoggedMessage]:
        """Newest first, of everybody."""


class SpendCapReached(Exception):
    """The channel's cap for the day would be exceeded."""


class Imports(Protocol):
    """How far each import has come. Both raise Unavailable."""

    def load(self, source: str, digest: str) -> ImportProgress | None: ...

    def save(self, progress: ImportProgress) -> None: ...


class TeeQueue(Protocol):
    """Requests on their way to the vendor their source came from."""

    def put(self, request: TeedRequest) -> None: ...


class TeeBodies(Protocol):
    """Bodies too large for the queue's messages."""

    def read(self, stored_at: str) -> bytes:
        """Raises LookupError when it is gone."""


class TeeLog(Protocol):
    """What vendors answered: a record for each request, and tallies of a source's day."""

    def answered(self, requests: Collection[str]) -> set[str]:
        """Those with an answer on record."""

    def record(self, answers: Sequence[Answer], missed: Sequence[Missed]) -> None:
        """Records and tallies, all or nothing. An answer on record stays, and is tallied once."""


class TeeReport(Protocol):
    """The same, read."""

    def tallies(self, source: str, days: Sequence[date]) -> list[Tally]:
        """Of each day that has any, oldest first."""

    def differences(self, source: str, limit: int) -> list[Answer]:
        """The latest requests that one of us took and the other did not, newest first."""
