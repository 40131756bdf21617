"""The errors of ports. Every adapter translates the errors of its service into one of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # so that `collect` does not pay for importing the fold when it starts
    from collections.abc import Iterable


class Unavailable(Exception):
    """AWS throttled or failed after retries; the same call may work later."""


class Refused(Unavailable):
    """The service is available but refuses this content. The codes are in `shared.aws.refusals`. A caller that can put
    a single item aside does so after a few tries; every other caller tries again later.
    """


class UnreadableWorkspace(Unavailable):
    """A version of the workspace that the code running here cannot read: altered, gone, or written by newer code.

    A caller with an older version keeps using it, as it does while AWS fails.
    """


class UnreadableSlice(Exception):
    """A part of a profile that cannot be decoded: damaged, or written by newer code. Its text is the part's name; the
    rest of the profile is good.
    """


class VersionConflict(Exception):
    """Another writer has changed the item since it was read. `keys` are the keys of those items, if the service names
    them."""

    def __init__(self, message: str, keys: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.keys = tuple(keys)


class TooLargeToStore(Exception):
    """The item is larger than the table allows. A retry does not help."""


class Unwritten(list[int]):
    """Positions of items that stayed unwritten, in order. `refused` are those whose content was refused."""

    def __init__(self, positions: Iterable[int] = (), refused: Iterable[int] = ()) -> None:
        self.refused = frozenset(refused)
        super().__init__(sorted(self.refused.union(positions)))
