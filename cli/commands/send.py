"""`headrace send`: one event, or a file of them, to collect; and what it says of them."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.text import Text

from cli import source_keys
from cli.assignments import assigned
from cli.collect_client import Answer, post, write_key
from cli.console import console, visible
from cli.json_output import print_json
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.stacks import Stack
from shared import identity
from shared.events import utc_text
from shared.plan.reasons import Observation
from shared.text.spelling import closest

app = typer.Typer()

MOST_NAMED = 5
"""Names that are not in the plan, of a file of many."""


class Call(StrEnum):
    """What can be sent."""

    TRACK = "track"
    IDENTIFY = "identify"
    PAGE = "page"
    SCREEN = "screen"
    GROUP = "group"
    ALIAS = "alias"


EXAMPLES = {
    Call.TRACK: "'View Item' --user u1",
    Call.IDENTIFY: "--user u1 -t email=ann@example.com",
    Call.PAGE: "Home --user u1",
    Call.SCREEN: "Home --user u1",
    Call.GROUP: "g1 --user u1",
    Call.ALIAS: "--user u1 --previous a1",
}


@app.command(context_settings={"allow_extra_args": True})
def send(
    typed: typer.Context,
    event: Annotated[
        str | None,
        typer.Argument(help="The event's name, the name of a page or screen, or the id of a group."),
    ] = None,
    user: Annotated[str | None, typer.Option(help="The person's user id.")] = None,
    anonymous: Annotated[str | None, typer.Option(help="Their anonymous id.")] = None,
    email: Annotated[str | None, typer.Option(help="Their email address.")] = None,
    phone: Annotated[str | None, typer.Option(help="Their phone number.")] = None,
    other: Annotated[
        list[str] | None,
        typer.Option("--other", help="kind=value: a device, or a vendor's id; may be repeated."),
    ] = None,
    property_: Annotated[
        list[str] | None,
        typer.Option(
            "--property", "--properties", "-p", help="name=value, may be repeated; or a JSON object."
        ),
    ] = None,
    trait: Annotated[
        list[str] | None, typer.Option("--trait", "--traits", "-t", help="name=value, or a JSON object.")
    ] = None,
    context: Annotated[
        list[str] | None, typer.Option("--context", help="name=value, or a JSON object.")
    ] = None,
    type_: Annotated[
        Call | None, typer.Option("--type", help="Without it: track, or identify if there are only traits.")
    ] = None,
    previous: Annotated[str | None, typer.Option(help="For an alias: the id that joins the user id.")] = None,
    id_: Annotated[
        str | None, typer.Option("--id", help="The event's own id; a repeated one counts once.")
    ] = None,
    json_body: Annotated[
        str | None,
        typer.Option("--json-body", help="A file with an event, a list or a batch; - reads it here."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(help="The source whose write key to use. Without it: the first server source."),
    ] = None,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Send an event and print the verdict. Exit code 1 when anything was rejected.

    Example: headrace send "Complete Purchase" --user u1 --property amount=1500 --property currency=USD
    """
    if typed.args:
        raise _left_over(typed.args)
    if json_body is not None:
        call, document = _read(json_body, type_)
    else:
        if type_ is None and event is not None:
            _is_no_type(event)
        call = type_ or (Call.IDENTIFY if event is None and trait else Call.TRACK)
        said = {"userId": user, "anonymousId": anonymous, "previousId": previous, "messageId": id_}
        addresses = {"email": email, "phone": phone}
        document = composed(
            call,
            event,
            ids={name: value for name, value in said.items() if value is not None},
            other_ids={kind: value for kind, value in addresses.items() if value} | named(other or ()),
            properties=assigned(property_ or ()),
            traits=_traits(trait or ()),
            context=assigned(context or ()),
            at=datetime.now(UTC),
        )
    stack = Stack.load(stage)
    answer = post(stack.collect_url, call, write_key(stack, source), document)
    if as_json:
        print_json(answer.body)
    else:
        _show(answer, stage, partial(_observed, answer, document, stack))
    if not answer.is_all_accepted:
        raise typer.Exit(1)


def composed(
    call: Call,
    name: str | None,
    *,
    ids: dict[str, str],
    other_ids: dict[str, str],
    properties: dict[str, Any],
    traits: dict[str, Any],
    context: dict[str, Any],
    at: datetime,
) -> dict[str, Any]:
    """One event as our own API takes it, other ids as Segment has them: in `context.externalIds`.

    https://www.twilio.com/docs/segment/unify/identity-resolution/externalids
    Raises Problem when it has no person, or a track no name.
    """
    somebody = {"userId", "anonymousId"} & ids.keys() or other_ids
    if call is Call.TRACK and not name:
        whose = "" if somebody else ", and whose"
        raise Problem(f"Name the event{whose}", "Example: headrace send 'View Item' --user u1")
    if not somebody:
        raise Problem("Name the person: --user, --anonymous, --email, --phone or --other")
    where = {Call.TRACK: "event", Call.PAGE: "name", Call.SCREEN: "name", Call.GROUP: "groupId"}
    named = {where[call]: name} if call in where and name else {}
    if other_ids:
        external = [
            {"id": value, "type": kind, "collection": "users", "encoding": "none"}
            for kind, value in other_ids.items()
        ]
        context = {**context, "externalIds": external}
    parts = {"properties": properties, "traits": traits, "context": context}
    when = {"timestamp": utc_text(at), "sentAt": utc_text(at)}
    return {**named, **ids, **when, **{part: values for part, values in parts.items() if values}}


def _left_over(words: list[str]) -> Problem:
    """What to say of words after the event's name."""
    if all(name and equals for name, equals, _ in (word.partition("=") for word in words)):
        return Problem(
            f"“{words[0]}” is unexpected here",
            f"A property of the event: {' '.join(f'-p {shlex.quote(word)}' for word in words)}\n"
            "A trait of the person: -t in place of -p",
        )
    return Problem(
        f"“{words[0]}” is unexpected after the event's name",
        "Put a name of several words in quotes: headrace send 'View Item' --user u1",
    )


def _traits(typed: Iterable[str]) -> dict[str, Any]:
    """Raises Problem for `consents.sms=true`, which would be a trait of that name and no consent."""
    traits = assigned(typed)
    for name, value in traits.items():
        first, dot, channel = name.partition(".")
        if first == "consents" and dot and channel:
            consent = orjson.dumps({channel: value}).decode()
            raise Problem(
                f"“{name}” would be a trait of that name, not a consent",
                f"The consent: -t {shlex.quote(f'consents={consent}')}",
            )
    return traits


def _is_no_type(event: str) -> None:
    """Raises Problem for `headrace send identify`, which would be an event of that name."""
    if event.lower() in set(Call):
        type_ = Call(event.lower())
        raise Problem(
            f"{event} is a type of call, but the name of an event is expected here",
            f"Send one of that type: headrace send --type {type_} {EXAMPLES[type_]}\n"
            f"An event of that name: headrace send {event} --type track …",
        )


def named(typed: Iterable[str]) -> dict[str, str]:
    """The other ids by kind, of `kind=value`: the value is text, whatever it looks like. Raises Problem."""
    ids = {}
    for text in typed:
        kind, _, value = text.partition("=")
        if not (value and identity.is_other_kind(kind)):
            raise Problem(f"“{text}” is not kind=value", "Examples: device=d1  infobip=4711")
        ids[kind] = value
    return ids


def _read(path: str, type_: Call | None) -> tuple[str, object]:
    """The call and the document of a file: a batch, a list (a batch too) or one event."""
    try:
        text = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}") from error
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Problem(f"{path} is not JSON: {error}") from error
    if isinstance(document, list):
        return "batch", {"batch": document, "sentAt": utc_text(datetime.now(UTC))}
    if not isinstance(document, dict):
        raise Problem(f"{path} has neither an event nor a list of them")
    if "batch" in document and type_ is None:
        return "batch", document
    call = type_ or document.get("type") or Call.TRACK
    if call not in set(Call):
        raise Problem(f"{path} has an event of the type {call}", f"There are: {', '.join(Call)}")
    return str(call), document


def _observed(answer: Answer, document: object, stack: Stack) -> str:
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


def _show(answer: Answer, stage: str | None, observed: Callable[[], str]) -> None:
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
