"""Random workspaces: sources that differ in trust and policy, a plan, campaigns with and without conditions.

Every template says which campaign and which event it is of, so that what a provider took can be told apart.
"""

from __future__ import annotations

from random import Random
from typing import Any

from shared.workspace.model import (
    Campaign,
    EmailSettings,
    EventDefinition,
    PropertyDefinition,
    Settings,
    SmsSettings,
    Source,
    Template,
    Workspace,
)
from shared.workspace.write_keys import key_hash

NAMES = (
    "Read Page", "Rate Thing", "Open Door", "Buy Ticket", "Plant Tree", "Ring Bell", "Cross River", "Win Game",
)  # fmt: skip
"""Events of the plan. No vendor has a word of its own for them."""

SERVER, STRICT, BROWSER, OTHER_SERVER = "server", "strict", "browser", "warehouse"

SENDER = "Shop <hello@shop.example>"


def write_key(source: str) -> str:
    return f"hr_{source}"


def draw(random: Random) -> Workspace:
    """A first version, without a number: applying gives one."""
    channels = random.sample(("email", "sms", "push"), random.randint(1, 3))
    campaigns = tuple(_campaign(random, number, channels) for number in range(random.randint(1, 6)))
    return Workspace(
        sources=(
            _source(SERVER, "server", "lenient"),
            _source(OTHER_SERVER, "server", "observe"),
            _source(STRICT, "server", "strict"),
            _source(BROWSER, "browser", "lenient"),
        ),
        events=tuple(
            EventDefinition(
                id=name,
                name=name,
                forward=random.random() < 0.1,
                properties={
                    "n": PropertyDefinition(type="string"),
                    "amount": PropertyDefinition(type="number"),
                },
            )
            for name in NAMES
        ),
        campaigns=campaigns,
        templates=tuple(_template(campaign) for campaign in campaigns),
        settings=Settings(
            session_idle_seconds=random.choice((60, 60, 120, 300, 1800)),
            email=EmailSettings(sender=SENDER, resend_uncertain=False),
            sms=SmsSettings(allowed_prefixes=("+1",), daily_spend_usd=10_000),
        ),
    )


def changed(random: Random, workspace: Workspace) -> Workspace:
    """The next version: a campaign more, one less, or another condition."""
    number = len(workspace.campaigns) + random.randint(10, 90)
    while any(one.id == f"c{number}" for one in workspace.campaigns):
        number += 1
    what = random.choice(("more", "less", "idle"))
    if what == "more" or not workspace.campaigns:
        campaign = _campaign(random, number, ["email", "sms"])
        return workspace.model_copy(
            update={
                "campaigns": (*workspace.campaigns, campaign),
                "templates": (*workspace.templates, _template(campaign)),
            }
        )
    if what == "less":
        gone = random.choice(workspace.campaigns)
        kept = tuple(one for one in workspace.campaigns if one is not gone)
        return workspace.model_copy(update={"campaigns": kept})
    settings = workspace.settings.model_copy(update={"session_idle_seconds": random.choice((90, 240, 600))})
    return workspace.model_copy(update={"settings": settings})


def _source(id_: str, trust: Any, policy: Any) -> Source:
    return Source(id=id_, name=id_, trust=trust, policy=policy, key_hashes=(key_hash(write_key(id_)),))


def _campaign(random: Random, number: int, channels: list[str]) -> Campaign:
    id_ = f"c{number}"
    return Campaign(
        id=id_,
        name=id_,
        event=random.choice((*NAMES, "Session Concluded")) if number else random.choice(NAMES),
        where=random.choice(
            (None, None, {"property": "amount", "at_least": 50}, {"counter": NAMES[0], "at_least": 3})
        ),
        channel=random.choice(channels),
        template=id_,
        expires_minutes=random.choice((None, None, None, 600)),
    )


def _template(campaign: Campaign) -> Template:
    text = f"[{campaign.id} {{{{ properties.n | default: event.id }}}}]"
    first = {"email": {"subject": "News"}, "push": {"title": "News"}}.get(campaign.channel, {})
    return Template(id=campaign.id, channel=campaign.channel, parts={**first, "text": text})
