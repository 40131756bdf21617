"""Train the dictionary that profiles are compressed with: `python -m benchmarks.dictionary` writes it, and says how
well it and that of events of timelines do. The others were trained by this, too, as it was then: none is ever changed.

It learns from people of five trades, whose events have the names and properties of the ready catalogues, at several
moments of their lives. It is judged on people of a sixth, and on the benchmark's shoppers, of whom it has seen nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from backports import zstd

from benchmarks import process
from shared.authoring.catalogues import catalogue
from shared.authoring.catalogues import events as events_of
from shared.authoring.files.models.plan import CatalogueName, EventFile
from shared.events import Event
from shared.fold import fold
from shared.fold.formats import compression
from shared.fold.formats.envelope import in_two
from shared.fold.outbox import OutboxEntry
from shared.fold.profile import Profile, Seen, mark_key
from shared.people.timeline_rows import Row, row, written
from shared.workspace.model import Workspace
from simulation.ports.profiles import FakeProfiles

BYTES = 16 * 1024
TRAINED_ON: tuple[CatalogueName, ...] = ("banking", "delivery", "ecommerce", "media", "saas")
JUDGED_ON: CatalogueName = "games"
PEOPLE, VISITS = 60, 12
"""Of each trade, and how often each comes by; a profile is kept after every third visit."""

START = datetime(2026, 3, 1, tzinfo=UTC)
SEQUENCE = "4967{:052}"
COUNTRIES = ("US", "GB", "DE", "FR", "TR", "IN", "BR", "JP", "ES", "IT", "PL", "NL")
PLANS = ("free", "basic", "pro", "premium", "trial", "gold", "silver")
SITES = ("web", "ios", "android")
MEDIA = ("cpc", "email", "social", "organic", "referral", "affiliate", "push", "sms")


class Moment(NamedTuple):
    """A profile but for its random bytes, and what the visit added to its timeline."""

    profile: bytes
    rows: list[Row]


def people(trade: CatalogueName, count: int = PEOPLE) -> Iterator[Moment]:
    """People of one trade, seeded; the same ones each time."""
    definitions = list(events_of(catalogue(trade)).values())
    draw = random.Random(trade)
    for number in range(count):
        yield from _life(f"{trade}-{number}", definitions, draw)


def _life(name: str, definitions: list[EventFile], draw: random.Random) -> Iterator[Moment]:
    habits = draw.sample(definitions, k=min(len(definitions), draw.randint(3, 14)))
    device, site = _uuid(draw), draw.choice(SITES)
    anonymous = _uuid(draw)
    token = "".join(draw.choices("0123456789abcdef", k=64)) if site != "web" else None
    traits: dict[str, Any] = {
        "email": f"{_word(draw)}@{_word(draw)}.example",
        "phone": f"+1{draw.randint(2_000_000_000, 9_999_999_999)}",
        "first_name": _word(draw).title(),
        "last_name": _word(draw).title(),
        "name": f"{_word(draw).title()} {_word(draw).title()}",
        "city": _word(draw).title(),
        "country": draw.choice(COUNTRIES),
        "language": draw.choice(("en", "de", "fr", "tr", "es")),
        "plan": draw.choice(PLANS),
        "birthday": f"{draw.randint(1950, 2008)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
        "created_at": "2026-01-04T10:00:00Z",
        "company": _word(draw).title(),
        "gender": draw.choice("mf"),
        "age": draw.randint(18, 80),
    }
    said = draw.sample(sorted(traits), k=draw.randint(2, 9))
    identified = {trait: traits[trait] for trait in said}
    identified["consents"] = {"email": True, "sms": draw.random() < 0.5, "push": True}
    key = f"user:{name}" if draw.random() < 0.8 else f"anonymous:{anonymous}"
    profile = Profile(key, created_at=START)
    at = START + timedelta(minutes=draw.randint(0, 600_000))
    for visit in range(VISITS):
        at += timedelta(minutes=draw.randint(5, 3_000))
        context = {
            "device": {"id": device, "type": site, **({"token": token} if token else {})},
            "app": {"name": "App", "version": f"{1 + visit // 4}.{draw.randint(0, 9)}.0"},
        }
        if draw.random() < 0.2:
            context["campaign"] = {"source": _word(draw), "medium": draw.choice(MEDIA), "name": _word(draw)}
        happened = [
            Event(
                id=f"{_uuid(draw)}",
                type="track",
                name=(definition := draw.choice(habits)).name,
                user_id=name if key.startswith("user:") else None,
                anonymous_id=anonymous,
                properties={named: _value(draw) for named in definition.properties},
                context=context,
                source=draw.choice(("web", "app", "shop")),
                protocol="twilio_segment",
                occurred_at=at + timedelta(seconds=second),
                received_at=at + timedelta(seconds=second),
            )
            for second in range(draw.randint(1, 20))
        ]
        if visit == 0:
            happened.insert(
                0,
                happened[0].model_copy(update={"type": "identify", "name": "identify", "traits": identified}),
            )
        now = happened[-1].received_at
        outcome = fold(profile, happened, Workspace(), now)
        sequence = SEQUENCE.format(draw.randrange(10**51))
        entry = OutboxEntry(key, sequence, now, draw.randint(1, 200), outcome.decisions)
        profile = replace(
            profile,
            states=outcome.states,
            due_at=outcome.due_at,
            seen={mark_key(key): Seen(sequence, now)},
            outbox=(entry,),
        )
        if visit % 3 == 2:
            yield Moment(in_two(profile).text, [row(event) for event in happened])


def _word(draw: random.Random) -> str:
    return "".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(4, 9)))


def _value(draw: random.Random) -> object:
    return draw.choice(
        (_word(draw), draw.randint(1, 900), round(draw.uniform(1, 900), 2), draw.random() < 0.5)
    )


def _uuid(draw: random.Random) -> str:
    return str(UUID(int=draw.getrandbits(128), version=4))


def main() -> None:
    _train([one.profile for trade in TRAINED_ON for one in people(trade)], compression.PROFILES)
    judged = list(people(JUDGED_ON))
    _judge("profiles of games", [one.profile for one in judged], compression.PROFILES)
    _judge("profiles of shoppers", _shoppers(), compression.PROFILES)
    _judge("visits of games", [written(one.rows)[0] for one in judged], compression.ROWS)
    _judge("up to three events of games", [written(one.rows[:3])[0] for one in judged], compression.ROWS)


def _train(learned: list[bytes], known_as: int) -> None:
    trained = zstd.train_dict(learned, BYTES)
    content = zstd.finalize_dict(trained, learned, BYTES, compression.LEVELS[known_as]).dict_content
    (compression.DICTIONARIES / f"{known_as}.zstd").write_bytes(_named(content, known_as))


def _judge(name: str, unseen: list[bytes], known_as: int) -> None:
    bare = sum(len(zstd.compress(one, compression.LEVELS[known_as])) for one in unseen)
    with_dictionary = sum(len(compression.compressed(one, known_as)) for one in unseen)
    raw, count = sum(map(len, unseen)), len(unseen)
    print(
        f"{name}: {raw // count} bytes, {bare // count} by zstd, {with_dictionary // count} with {known_as}.zstd"
    )


def _named(dictionary: bytes, known_as: int) -> bytes:
    """The dictionary with this id, which stands after the magic number (RFC 8878, 5)."""
    return dictionary[:4] + known_as.to_bytes(4, "little") + dictionary[8:]


def _shoppers() -> list[bytes]:
    memory = FakeProfiles()
    process.past(memory, 100)
    return [in_two(one).text for one in memory.snapshot().values() if isinstance(one, Profile)]


if __name__ == "__main__":
    main()
