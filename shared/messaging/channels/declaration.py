"""What a channel declares of itself, for everybody who is not its function: authors, lint, the stack, the command.

Read by `collect` when it starts, so it is plain: no models, and nothing imported that is only needed later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

Settings = Any
"""A workspace's settings, `shared.workspace.model.Settings`: that model is made of the channels' names, and so stands
above them."""

ConsentRule = Literal["unless_withdrawn", "must_be_given", "not_asked"]
"""Of whom a message may go to: everybody who has not withdrawn their consent, only those who have given it, or whoever
it is about, where it reaches a system of the operator's and not the person."""

PartKind = Literal["line", "text", "html", "json"]
"""`line` is one line, `html` has its values escaped, `json` is refused when it is none once it is rendered."""


class Part(NamedTuple):
    """A part of the channel's templates. `escape` is what a value goes through where it is written; `note` ends
    the sentence "The text of an email", with its punctuation."""

    name: str
    kind: PartKind
    required: bool = True
    escape: Callable[[str], str] | None = None
    note: str = ""


class Need(NamedTuple):
    """Something in the workspace's settings without which nothing is sent."""

    path: tuple[str, ...]
    is_missing: Callable[[Settings], bool]
    says: str
    """After "campaign `x` "."""
    advice: str


class Unsendable(NamedTuple):
    """Why rendered parts cannot be sent: `says` follows the part's name."""

    part: str
    says: str
    advice: str


class Receivers(NamedTuple):
    """Whoever campaigns name as their receiver: `key` of a campaign does, `path` in the workspace's settings lists
    them, and `named` are those listed."""

    key: str
    path: tuple[str, ...]
    named: Callable[[Settings], Collection[str]]


class ReceiverSecret(NamedTuple):
    """What an operator gives for each receiver by `headrace receivers set`, and no file has. `problem` says why a text
    is none."""

    what: str
    problem: Callable[[str], str | None]


def _sendable(_: Mapping[str, str]) -> None:
    """Whatever is rendered can be sent."""


class ChannelDeclaration(NamedTuple):
    """`message` is one of its messages in a sentence, "an email". `one_of` are parts of which a template has at least
    one. `calls_out`: its function calls addresses on the internet itself, with what the stack's outgoing secret has.

    `queue` is the channel whose queue and function take its messages, if not its own: one with the same permissions and
    no rate. `batch_size` is how many messages an invocation takes: all of them have time, however slow their provider;
    those of a channel with a rate come singly, so that none is held while others wait for their turn.

    `unsendable` looks at rendered parts. `reasons` are words for values of `Why`, where they mean something more here.
    """

    name: str
    message: str
    parts: tuple[Part, ...]
    consent: ConsentRule
    one_of: tuple[str, ...] = ()
    batch_size: int = 1
    calls_out: bool = False
    queue: str | None = None
    needs: tuple[Need, ...] = ()
    receivers: Receivers | None = None
    secret: ReceiverSecret | None = None
    unsendable: Callable[[Mapping[str, str]], Unsendable | None] = _sendable
    reasons: tuple[tuple[str, str], ...] = ()

    def part(self, name: str) -> Part | None:
        return next((part for part in self.parts if part.name == name), None)
