"""What a protocol's package offers, and the words it is said in.

Routes, who is asking, what came, what is answered: each package has exactly these, under these names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol

from functions.collect.adapter.event_builder import Arrival, Item
from functions.collect.adapter.field_names import Words
from functions.collect.adapter.lookups import Desk
from functions.collect.auth.sources import Sources
from functions.collect.http.body import Body
from functions.collect.http.documents import json_document
from functions.collect.http.request import Request
from functions.collect.http.responses import Refused, Response
from functions.collect.rejected.rejection import Rejection
from shared.plan.reasons import Reason
from shared.workspace.model import Source

NOTHING: Mapping[str, int] = {}

Kind = Literal["events", "rehearsal", "settings", "private", "open"]
"""`events` are parsed, judged, stored and answered; in a `rehearsal` nothing is stored. The others are asked of the
package's `consult`: `settings` by anybody with a key of a source; `private`, which reads what is kept of people or the
plan, by a source whose trust is `server`; `open` by anybody."""


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


class Call(NamedTuple):
    """One request on one of a protocol's paths. `parameters` are those of the path, percent-decoded."""

    route: Route
    parameters: dict[str, str]
    request: Request
    body: Body


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


class Acquaintance(NamedTuple):
    """The item at this position wants its person to be known by this identity key; `otherwise` it is rejected. A replay
    asks no more: it is the operator's word that the event counts."""

    position: int
    identity_key: str
    otherwise: Reason


class Parsed(NamedTuple):
    """`raw` are the items as JSON values, one for each of `items`; `common` is what `again` needs for any of them."""

    arrival: Arrival
    items: list[Item]
    raw: list[Any]
    common: dict[str, Any]
    acquaintances: tuple[Acquaintance, ...] = ()


class Outcome(NamedTuple):
    """What became of a request's events. Everything accepted is stored by now. `parsed.items` are in the order they
    came, `rejected` tell their positions in it; `observed` counts, by code, what was accepted against the plan or
    without a part of it."""

    source: Source
    parsed: Parsed
    accepted: int
    rejected: list[Rejection]
    observed: Mapping[str, int] = NOTHING


class Change(NamedTuple):
    """What a call that reads people says when it also changes them: `response` is given once the events are stored that
    `again` reads from `raw` and `common`. Nothing but events changes a person."""

    response: Response
    raw: list[Any]
    common: dict[str, Any]


class WireFormat(Protocol):
    """A protocol's package. None of it changes anything outside: a request may be read twice."""

    ROUTES: tuple[Route, ...]
    WORDS: Words

    def authenticate(self, call: Call, sources: Sources) -> Source | None:
        """The source whose credentials the request shows, wherever the format carries them. The body may be unreadable
        (`call.body.problem`). Raises Refused where a format distinguishes more than right and wrong."""

    def parse(self, call: Call, delivery: Delivery) -> Parsed:
        """Every item of the request, in order; what is not understood is an item with a reason. Raises TooLarge, or
        Refused where the format refuses such a request as a whole and nothing of it is worth keeping."""

    def again(
        self, call: str, raw: object, common: dict[str, Any], delivery: Delivery
    ) -> tuple[Arrival, Item]:
        """One item of an earlier request, read as `parse` reads it."""

    def answer(self, call: Call, outcome: Outcome) -> Response:
        """What the sender is told of every event, in the format's own shape."""

    def refuse(self, call: Call, refused: Refused) -> Response:
        """A request that was refused as a whole, in the format's own shape. `Retry-After` is added to it."""

    def consult(self, call: Call, source: Source | None, desk: Desk) -> Response | Change:
        """The answer to a call that brings no events. `source` is None for `open` calls, which change nothing."""
