"""What an event tells of its surroundings, in Headrace's words, and what is left as its own properties."""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.wire_format import Delivery
from functions.collect.protocols.posthog.standard_events import (
    ABOUT_THE_PERSON,
    BROWSER_SDK,
    CONTEXT,
    CONTEXT_TEXT,
    IN_THE_LINK,
    NO_REFERRER,
    NOT_PROPERTIES,
)

SCALARS = (str, int, float, bool)


def parts(
    name: object, properties: dict[str, Any], delivery: Delivery
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The properties and the context.

    PostHog's own events keep every property. Of a customer's event, what the SDK adds goes to `context.posthog` under
    its own name: a tracking plan tells of the customer's properties, and no definition could name these.
    """
    context = _context(properties)
    if delivery.is_browser and properties.get("$cookieless_mode") is not True:
        if delivery.ip is not None:
            context.setdefault("ip", delivery.ip)
        if delivery.user_agent is not None:
            context.setdefault("user_agent", delivery.user_agent)
    in_the_link = IN_THE_LINK if properties.get("$lib") == BROWSER_SDK else frozenset()
    said = {
        key: value
        for key, value in properties.items()
        if key not in NOT_PROPERTIES and not (value is None and key in in_the_link)
    }
    if isinstance(name, str) and name.startswith("$"):
        return said, context
    own: dict[str, Any] = {}
    added: dict[str, Any] = {}
    for key, value in said.items():
        is_added = key in in_the_link or (key[:1] == "$" and key not in ABOUT_THE_PERSON)
        (added if is_added else own)[key] = value
    if added:
        context["posthog"] = added
    return own, context


def _context(properties: dict[str, Any]) -> dict[str, Any]:
    context: dict[str, Any] = {}
    for part, words in CONTEXT.items():
        found = {
            word: said for word, names in words.items() if (said := _said(properties, names)) is not None
        }
        if found:
            context[part] = found
    for word, names in CONTEXT_TEXT.items():
        if isinstance(said := _said(properties, names), str):
            context[word] = said
    return context


def _said(properties: dict[str, Any], names: tuple[str, ...]) -> Any:
    for name in names:
        value = properties.get(name)
        if isinstance(value, SCALARS) and value not in ("", NO_REFERRER):
            return value
    return None
