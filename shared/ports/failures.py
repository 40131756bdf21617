"""How ports fail: every adapter translates what its service says into one of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # so that `collect` does not pay for importing the fold when it starts
    from collections.abc import Iterable


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
