"""What a workspace begins with, out of what was typed."""

from __future__ import annotations

import re
from typing import NamedTuple, get_args

from cli.problem import Problem
from cli.starting.industries import INDUSTRIES, industry
from cli.starting.industries.industry import Industry
from shared.authoring.files.yaml_document import read
from shared.events import DOCTOR, HEADRACE
from shared.messaging.channels import Channel
from shared.records import Trust
from shared.text.email_addresses import sender as as_sender
from shared.text.spelling import closest

CHANNELS: tuple[Channel, ...] = ("email", *next(iter(INDUSTRIES.values())).campaigns)
"""Those that a workspace can begin with: each industry has a campaign for them."""

PUBLIC_NAMES = frozenset({"web", "site", "page", "browser", "shop", "app", "ios", "android", "mobile", "tag"})
"""Sources that run where anybody can read their key."""

ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")

DEFAULT_SOURCES, DEFAULT_CHANNELS, DEFAULT_INDUSTRY = "server,web", "email", "ecommerce"


class Choices(NamedTuple):
    """`sources` are in the order typed, servers first: what has no `--source` is sent with the first server's key."""

    name: str
    industry: Industry
    sources: dict[str, Trust]
    channels: tuple[Channel, ...]
    sender: str


def choices(name: str, industry_name: str, sources: str, channels: str, sender: str | None) -> Choices:
    """Raises Problem for the first thing that is none."""
    title = title_of(name)
    return Choices(
        title,
        industry_of(industry_name),
        sources_of(sources),
        channels_of(channels),
        sender_of(title, sender),
    )


def title_of(typed: str) -> str:
    """A workspace's name. Raises Problem."""
    title = typed.strip()
    if not 0 < len(title) <= 200 or not title.isprintable() or "{" in title:
        raise Problem(
            "A workspace needs a name of up to 200 characters, without braces", "Example: --name 'My Shop'"
        )
    return title


def industry_of(typed: str) -> Industry:
    """Raises Problem."""
    chosen = industry(typed)
    if chosen is None:
        meant = closest(typed.strip(), INDUSTRIES)
        raise Problem(
            f"There is no catalogue for “{typed}”",
            f"Did you mean {meant}?" if meant else f"There are: {', '.join(INDUSTRIES)}",
        )
    return chosen


def sender_of(title: str, typed: str | None) -> str:
    """What was typed, or an address made of the workspace's name. Raises Problem."""
    written = typed or f"{_plain(title)} <hello@{_host(title)}.example>"
    if as_sender(written) is None:
        raise Problem(
            f"“{written}” is not an address to send from", "Example: --sender 'Shop <hello@shop.example>'"
        )
    return written


def sources_of(typed: str) -> dict[str, Trust]:
    """`server,web` or `backend=server,kiosk=browser`: without a trust, the name says it. Raises Problem."""
    found: dict[str, Trust] = {}
    for part in _words(typed):
        name, _, said = part.partition("=")
        trust: Trust = "browser" if (said or (name in PUBLIC_NAMES and "browser")) == "browser" else "server"
        if not ID.fullmatch(name) or said not in ("", *get_args(Trust)):
            raise Problem(
                f"“{part}” is not a source: write an id in lowercase, and server or browser",
                "Example: --sources server,web or --sources backend=server,kiosk=browser",
            )
        if name in (DOCTOR, HEADRACE):
            raise Problem(f"“{name}” is one of Headrace's own sources", "Choose another id.")
        if not isinstance(read(name).data, str):
            raise Problem(
                f"“{name}” is not text in YAML, as an id must be", f"Add a letter, such as source-{name}."
            )
        found[name] = trust
    if not found:
        raise Problem("A workspace needs a source that may send", f"Example: --sources {DEFAULT_SOURCES}")
    return dict(sorted(found.items(), key=lambda source: source[1] != "server"))


def channels_of(typed: str) -> tuple[Channel, ...]:
    """Raises Problem."""
    found = _words(typed)
    unknown = next((word for word in found if word not in CHANNELS), None)
    if unknown is not None or not found:
        meant = closest(unknown or "", CHANNELS)
        raise Problem(
            f"There is no channel “{unknown or ''}”",
            f"Did you mean {meant}?" if meant else f"There are: {', '.join(CHANNELS)}",
        )
    return tuple(channel for channel in CHANNELS if channel in found)


def _words(typed: str) -> list[str]:
    return list(dict.fromkeys(word for word in re.split(r"[,\s]+", typed.strip().lower()) if word))


def _plain(name: str) -> str:
    """The name as it may stand before an address: whole, but for what would end it and what cannot be seen."""
    seen = "".join(one if one.isprintable() else " " for one in name if one not in '<>"\\')
    return " ".join(seen.split()) or "Hello"


def _host(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].strip("-") or "shop"
