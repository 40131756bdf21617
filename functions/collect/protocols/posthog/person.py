"""Whom an event is of. PostHog has one id for everybody, `distinct_id`: whether it is a user's is said beside it.

https://posthog.com/docs/product-analytics/identify
https://posthog.com/docs/data/anonymous-vs-identified-events
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from functions.collect.adapter.wire_format import Delivery
from functions.collect.caching import url_parts

if TYPE_CHECKING:
    from functions.collect.protocols.posthog.raw import Event

COOKIELESS = "$posthog_cookieless"
"""What a browser that may store nothing sends for everybody; the server tells visitors apart."""

LONGEST = 200
"""Characters of an id that PostHog's capture keeps."""

EXACT = 2**53
"""From here on two whole numbers may be one as a float."""

GROUP = "group"
"""The kind of identity of a group that is described by nobody: then its distinct id is made of the group's."""


class Who(NamedTuple):
    user_id: object = None
    anonymous_id: object = None
    previous_id: object = None
    other_ids: dict[str, object] | None = None


def who(name: object, raw: Event, properties: dict[str, Any], delivery: Delivery) -> Who:
    distinct_id = _distinct_id(raw, properties)
    if distinct_id == COOKIELESS or properties.get("$cookieless_mode") is True:
        return Who(anonymous_id=_of_the_day(properties, delivery))
    if name == "$identify":
        return Who(distinct_id, _beside(distinct_id, properties))
    if name in ("$create_alias", "$merge_dangerously"):
        return _joined(distinct_id, properties)
    if name == "$groupidentify":
        kind, key = _text(group_type(properties)), _text(group_key(properties))
        if kind and key and distinct_id == f"${kind}_{key}":
            return Who(other_ids={GROUP: f"{kind}:{key}"})
    if _is_anonymous(distinct_id, properties):
        return Who(anonymous_id=distinct_id)
    return Who(distinct_id, _beside(distinct_id, properties))


def group_type(properties: dict[str, Any]) -> object:
    return properties.get("$group_type")


def group_key(properties: dict[str, Any]) -> object:
    return properties.get("$group_key")


def _distinct_id(raw: Event, properties: dict[str, Any]) -> object:
    for found in (raw.get("distinct_id"), properties.get("distinct_id"), raw.get("$distinct_id")):
        if found is not None:
            return _as_text(found)
    return None


def _as_text(id_: object) -> object:
    """As PostHog's capture has it: a number as JSON writes it, and the first 200 characters. Anything else is no id and
    comes back as it is, for the check of every event to refuse: a number that lost its last digits too."""
    if isinstance(id_, float) and abs(id_) < EXACT:
        return orjson.dumps(id_).decode()
    return id_[:LONGEST] if isinstance(id_, str) else id_


def _is_anonymous(distinct_id: object, properties: dict[str, Any]) -> bool:
    """A browser's SDK and a phone's say it; older ones send the device's id until somebody is identified. A server's
    distinct id is a user's, unless it wants no profile."""
    said = properties.get("$is_identified")
    if said.__class__ is bool:
        return said is False
    if properties.get("$user_id") is not None:
        return False
    return (
        distinct_id == _as_text(properties.get("$device_id"))
        or properties.get("$process_person_profile") is False
    )


def _beside(distinct_id: object, properties: dict[str, Any]) -> object:
    """The anonymous id of a known person: the one they had before, or their device's."""
    for found in map(_as_text, (properties.get("$anon_distinct_id"), properties.get("$device_id"))):
        if found is not None and found != distinct_id:
            return found
    return None


def _joined(distinct_id: object, properties: dict[str, Any]) -> Who:
    """PostHog merges the person of `alias` into that of `distinct_id`. A visitor who is given an alias becomes known by
    it. A server does not say of which kind its ids are: the distinct id then stands for both."""
    alias = _as_text(properties.get("alias"))
    if _is_anonymous(distinct_id, properties):
        return Who(alias, distinct_id, distinct_id)
    return Who(distinct_id, distinct_id if "$is_identified" not in properties else None, alias)


def _of_the_day(properties: dict[str, Any], delivery: Delivery) -> str:
    """A visitor who stores nothing: the same within a day, a site, an address and a browser, as PostHog counts them."""
    agent = properties.get("$raw_user_agent") or delivery.user_agent
    address = properties.get("$ip") or delivery.ip
    host = properties.get("$host") or _host(properties.get("$current_url"))
    said = "\x1f".join(map(_text, (delivery.received_at.date(), host, address, agent)))
    return "cookieless-" + hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=12).hexdigest()


def _text(value: object) -> str:
    """Of one value. A list or an object has none: it may be nested deeper than Python writes."""
    return "" if isinstance(value, (dict, list)) else str(value)


def _host(url: object) -> str | None:
    try:
        return url_parts(url).hostname if isinstance(url, str) else None
    except ValueError:
        return None
