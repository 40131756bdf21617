"""What is said of a person: `$set`, `$set_once` and `$unset`, beside an event's properties or among them.

https://posthog.com/docs/product-analytics/person-properties
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.plan.reasons import Code, Observation, Reason

if TYPE_CHECKING:
    from functions.collect.protocols.posthog.raw import Event


def traits_of(raw: Event, properties: dict[str, Any], reasons: list[Reason]) -> Any:
    """`$set` as traits, and what `$unset` names as traits of null, which removes them."""
    traits = objects(raw, properties, "$set", reasons)
    for unset in (raw.get("$unset"), properties.get("$unset")):
        names = [name for name in unset if isinstance(name, str)] if isinstance(unset, list) else []
        traits |= dict.fromkeys(names)
        if unset is not None and unset != names:
            left_out = Observation.ENTRY_UNREADABLE if isinstance(unset, list) else None
            reasons.append(Reason(Code.MALFORMED, "$unset", "$unset must be a list of names", left_out))
    return traits


def objects(raw: Event, properties: dict[str, Any], word: str, reasons: list[Reason]) -> dict[str, Any]:
    """What is said beside the properties and among them, as one."""
    found: dict[str, Any] = {}
    for said in (properties.get(word), raw.get(word)):
        if isinstance(said, dict):
            found |= said
        elif said:
            reasons.append(Reason(Code.MALFORMED, word, f"{word} must be an object"))
    return found
