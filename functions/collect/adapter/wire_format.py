"""What a protocol's package declares, and the words it is said in.

Routes, who is asking, what came, what is answered: each package declares its `FORMAT`, and nothing else of it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import Item
from functions.collect.adapter.field_names import Words
from functions.collect.adapter.rejection import Rejection
from functions.collect.auth.sources import Sources
from functions.collect.http.answer_size import ListLimit
from functions.collect.http.body import Body, TooLarge
from functions.collect.http.documents import json_document
from functions.collect.http.request import Request
from functions.collect.http.responses import Refused, Response
from shared.aws.runtime import new_id
from shared.ports.runtime import NewId
from shared.workspace.collecting import Source
from shared.workspace.limits import MOST_ITEMS

if TYPE_CHECKING:  # few requests ask for them
    from functions.collect.adapter.lookups import Change, KnownPerson, Lookups

NOTHING: Mapping[str, int] = {}

NoObject = str | int | float | list[Any] | None
"""What a JSON value is that is no object. `Event | NoObject` should be an object of a documented shape, and may not."""

Kind = Literal["events", "rehearsal", "settings", "private", "open"]
"""`events` are parsed, judged, stored and answered; in a `rehearsal` nothing is stored. The others are answered by the
format's `other_calls`: `settings` by anybody with a key of a source; `private`, which reads what is kept of people or
the plan, by a source whose trust is `server`; `open` by anybody."""


class Route(NamedTuple):
    """`path` may have `{parameters}`, a whole step each (a last `{parameter+}` all that follow), and has no slash at
    its end. `call` is the protocol's own word for what is asked, `summary` half a sentence for the API's description.
    `document` reads what came out of the request and its unzipped body; it raises Unreadable."""

    method: str
    path: str
    call: str
    summary: str
    kind: Kind = "events"
    document: Callable[[Request, bytes], Any] = json_document


class ItemLimit(NamedTuple):
    """How many items a request may hold, and what the format calls the two."""

    most: int = MOST_ITEMS
    request: str = "a request"
    items: str = "events"

    def exceeded(self, count: int) -> str:
        """A sentence for the sender of too many."""
        return f"{self.request} holds at most {self.most} {self.items}, {count} came"

    def hold_to(self, count: int) -> None:
        """Raises TooLarge. Formats ask it before they make any item."""
        if count > self.most:
            raise TooLarge(self.exceeded(count))


class Call(NamedTuple):
    """One request on one of a format's paths. `parameters` are those of the path, percent-decoded."""

    format: WireFormat
    route: Route
    parameters: dict[str, str]
    request: Request
    body: Body
    new_id: NewId = new_id


class Delivery(NamedTuple):
    """The facts of a request that an item cannot be understood without: kept with a rejected one for its replay.

    `path` is the route's template: a path as it came may hold a key.
    """

    path: str
    received_at: datetime
    is_retry: bool
    is_browser: bool
    ip: str | None
    user_agent: str | None
    new_id: NewId = new_id


class Parsed(NamedTuple):
    """`raw` are the items as JSON values, one for each of `items`; `common` is what `again` needs for any of them."""

    arrival: Arrival
    items: list[Item]
    raw: list[Any]
    common: dict[str, Any]
    known_people: tuple[KnownPerson, ...] = ()


class Outcome(NamedTuple):
    """What became of a request's events. Everything accepted is stored by now. `parsed.items` are in the order they
    came, `rejected` tell their positions in it; `observed` counts, by code, what was accepted against the plan or
    without a part of it."""

    source: Source
    parsed: Parsed
    accepted: int
    rejected: list[Rejection]
    observed: Mapping[str, int] = NOTHING


def no_other_calls(call: Call, source: Source | None, lookups: Lookups) -> Response | Change:  # noqa: ARG001
    """Of a format whose routes all bring events."""
    raise Refused(404, "not_found", "there is nothing at this path")


class WireFormat(NamedTuple):
    """A format as its package declares it. None of it changes anything outside: a request may be read twice.

    `about` is the package's docstring: a line on what the format is, and the vendor's page.
    """

    name: str
    about: str | None
    routes: tuple[Route, ...]
    words: Words

    authenticate: Callable[[Call, Sources], Source | None]
    """The source whose credentials the request shows, wherever the format carries them. The body may be unreadable
    (`call.body.problem`). Raises Refused where a format distinguishes more than right and wrong."""

    parse: Callable[[Call, Delivery], Parsed]
    """Every item of the request, in order; what is not understood is an item with a reason. Raises TooLarge, or Refused
    where the format refuses such a request as a whole and nothing of it is worth keeping."""

    again: Callable[[str, Any, dict[str, Any], Delivery], tuple[Arrival, Item]]
    """One item of an earlier request, read as `parse` reads it: of the route's `call`, from its raw value and what the
    request's items share (`Parsed.common`)."""

    answer: Callable[[Call, Outcome], Response]
    """The answer about every event, in the format's own shape."""

    refuse: Callable[[Call, Refused], Response]
    """A request that was refused as a whole, in the format's own shape. `Retry-After` is added to it."""

    items: ItemLimit = ItemLimit()
    bulk: ItemLimit = ItemLimit()
    """Of calls with a limit of their own: requests that hold several batches, or lists of people."""

    listed: ListLimit = ListLimit()
    """How many rejected events an answer lists."""

    other_calls: Callable[[Call, Source | None, Lookups], Response | Change] = no_other_calls
    """The answer to a call that brings no events. The source is None for `open` calls, which change nothing."""
