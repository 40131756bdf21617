"""What the command shows of dead letters: groups with what to type next, single ones, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from rich.table import Table

from cli.console import console, visible
from cli.dead_letters.choosing import Choice
from cli.dead_letters.dry_run import Judged
from cli.dead_letters.listing import Listed
from cli.dead_letters.looking import Found
from cli.dead_letters.outcome import Redriven
from cli.dead_letters.rereading import Reread
from shared.text.counting import number_of

VERB = "headrace deadletters"


def on(stage: str) -> str:
    """The end of a command to type."""
    return "" if stage == "local" else f" --stage {stage}"


def print_groups(places: Sequence[Listed], stage: str) -> None:
    waiting = [one for one in places if one.waiting and (one.groups or not one.other_causes)]
    if waiting:
        table = Table(box=None, header_style="dim")
        for heading in ("place", "cause", "how many", "oldest", "what happened"):
            table.add_column(heading)
        for one in waiting:
            _add_rows(table, one)
        console.print(table)
    for one in waiting:
        for group in one.groups:
            name = _quoted(one.place.names[0])
            _say("")
            _say(f"{one.place.name}, {group.cause.name}: {group.cause.to_do}")
            _say(f"  {VERB} show {_quoted(group.example.name)}{on(stage)}")
            _say(f"  {VERB} retry {name} --cause {group.cause.name} --dry-run{on(stage)}")
            if group.cause.is_to_be_discarded:
                _say(f"  {VERB} discard {name} --cause {group.cause.name}{on(stage)}")
    if waiting:
        _say("")
    for one in places:
        if one.problem:
            _say(f"{one.place.name}: {one.problem}")
    empty = [one.place.name for one in places if one.waiting == 0]
    if empty:
        _say(f"Nothing waits in: {', '.join(empty)}")
    others = sorted({name for one in places for name in one.other_causes})
    if others:
        _say(f"Of other causes: {', '.join(others)}")
    if any(not one.is_all for one in waiting):
        _say(f"A + means that only the first were looked at. All of them: {VERB} list --all{on(stage)}")


def _add_rows(table: Table, one: Listed) -> None:
    more = "" if one.is_all else "+"
    if not one.groups:
        table.add_row(
            visible(one.place.name), "", str(one.waiting), "", "somebody else is looking at them: try again"
        )
        return
    for group in one.groups:
        table.add_row(
            visible(one.place.name),
            visible(group.cause.name),
            f"{group.count}{more}" if one.is_all else f"{group.count}{more} of {one.waiting}",
            ago(group.example.since),
            visible(group.cause.happened),
        )
    if one.until is not None and (left := one.until - datetime.now(UTC)) < timedelta(days=3):
        table.add_row(
            "", "", "", "", f"[bold red]SQS deletes the oldest in {_long(max(left, timedelta()))}[/bold red]"
        )


def print_each(found: Sequence[tuple[Found, dict[str, Any]]]) -> None:
    """One line each, without anything of a person."""
    for one, about in found:
        said = "; ".join(f"{name} {value}" for name, value in about.items() if value not in (None, ""))
        console.print(
            f"[cyan]{visible(one.whole_name)}[/cyan]", f"{ago(one.since)}  {visible(one.cause.name)}  ",
            visible(said), soft_wrap=True,
        )  # fmt: skip


def print_one(found: Found, about: dict[str, Any], content: Any, stage: str) -> None:
    """`content` is None where it was not asked for."""
    console.print(found.whole_name, markup=False, style="cyan", soft_wrap=True)
    _say(f"{found.cause.name}: {found.cause.happened}", style="bold")
    if found.letter is not None and found.letter.error_message:
        _say(f"the bus says: {found.letter.error_message}")
    rows = {"since": f"{found.since:%Y-%m-%d %H:%M:%S} ({ago(found.since)})", **about}
    width = max(len(name) for name in rows) + 2
    for name, value in rows.items():
        if value is not None:
            _say(f"  {name.replace('_', ' '):{width}}{value}")
    if content is not None:
        text = (
            content
            if isinstance(content, str)
            else orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()
        )
        _say(text)
    name = _quoted(found.whole_name)
    _say("")
    _say(found.cause.to_do)
    if content is None:
        _say(f"  {VERB} show {name} --content{on(stage)}   # with personal data")
    _say(f"  {VERB} retry {name}{on(stage)}")
    _say(f"  {VERB} discard {name}{on(stage)}")


def report(said: Redriven, choice: Choice, save: Path | None, stage: str) -> None:
    """What became of those that were retried, of those that were chosen."""
    counted = [
        (said.brought_back, "retried"),
        (said.failed_again.total(), "of them failed again"),
        (said.never.total(), "can never be retried"),
        (said.not_written, "not accepted by AWS, and still there"),
        (said.not_deleted, "of them not deleted: they are still there too, which does no harm"),
        (said.not_received, "not received, and still there"),
        (said.of_others.total(), "left to others"),
        (said.came_since - said.failed_again.total(), "arrived in the meantime, and wait for the next run"),
    ]
    words = ", ".join(f"{count} {what}" for count, what in counted if count > 0)
    nothing = "nothing was chosen" if said.passed_over else "nothing waits"
    _say(f"{said.name}: {words or nothing}")
    for reason, count in [*said.never.items(), *said.of_others.items(), *said.failed_again.items()]:
        _say(f"    {count}  {reason}")
    if said.failed_again:
        _say(f"The cause is still there: {VERB} list {_quoted(_first(said.name))}{on(stage)}")
    if said.cut_short:
        _say("Stopped: more arrived in the meantime than had waited. Fix the cause, then run it again.")
    elif said.not_received:
        _say("Somebody else is looking at them, or a retry was killed: try again in 5 minutes.")
    if said.never.total() > said.saved:
        for id_ in said.ids:
            _say(f"    {VERB} show {_quoted(f'{_first(said.name)}:{id_}')}{on(stage)}")
        them = f"{VERB} retry {_typed(choice, _first(said.name))} --save never.jsonl{on(stage)}"
        _say(f"Still there. To save and discard what can never be retried: {them}")
    elif said.saved:
        _say(f"They are now only in {save}.")


def print_dry(judged: Sequence[Judged]) -> None:
    for one in judged:
        would = one.would_retry.total()
        _say(f"{one.name}: {number_of(would, 'dead letter')} would be retried")
        for name, count in one.would_retry.most_common():
            _say(f"    {count}  {name}")
        for reason, count in one.never.items():
            _say(f"    {count}  can never be retried: {reason}")
        for reason, count in one.of_others.items():
            _say(f"    {count}  left to others: {reason}")


def print_reread(said: Reread, *, dry_run: bool) -> None:
    what = "would be put on the stream again" if dry_run else "are on the stream again"
    _say(f"{number_of(said.read, 'record')} read; {said.read if dry_run else said.put} {what}")
    if said.refused:
        _say(f"The stream refuses the content of {said.refused}")
    if said.not_taken:
        _say(
            f"Stopped: the stream did not take {said.not_taken}. Run it again; within a day nothing counts twice."
        )


def ago(at: datetime, now: datetime | None = None) -> str:
    return f"{_long((now or datetime.now(UTC)) - at)} ago"


def _long(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return number_of(seconds // length, unit)
    return number_of(seconds, "second")


def _first(name: str) -> str:
    return name.partition(", ")[0]


def _typed(choice: Choice, name: str) -> str:
    """The same choice, as somebody types it: no others are to be retried by what is suggested."""
    named = [_quoted(f"{name}:{id_}") for id_ in sorted(choice.ids)] or [_quoted(name)]
    return " ".join([*named, *(["--cause", choice.cause] if choice.cause else [])])


def _quoted(name: str) -> str:
    """For a shell: a route's name may have blanks."""
    return f"'{name}'" if " " in name else name


def _say(text: str, style: str = "") -> None:
    console.print(text, markup=False, soft_wrap=True, style=style)
