"""What an industry brings: a ready catalogue, an event of one's own, and a campaign for each channel."""

from __future__ import annotations

from typing import NamedTuple

from shared.authoring.files.models.plan import CatalogueName
from shared.messaging.channels import Channel


class OwnEvent(NamedTuple):
    """What the catalogue does not have: people give something a score. `subject` is the property that says what."""

    id: str
    description: str
    subject: str
    score: str


class Starter(NamedTuple):
    """A campaign and the parts of its template, by the part's name. `where` is a condition in YAML, or ""."""

    id: str
    name: str
    event: str
    parts: dict[str, str]
    where: str = ""


class Industry(NamedTuple):
    """`welcome` is the event after which somebody is greeted by email; `campaigns` has one for every other channel."""

    catalogue: CatalogueName
    says: str
    own_event: OwnEvent
    welcome: str
    campaigns: dict[Channel, Starter]


FRIEND = '{{ traits.first_name | default: "friend" }}'
