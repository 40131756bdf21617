"""User.com's own attributes of a user, which have other names here. All others, custom ones included, keep theirs.

https://apidocs.user.com/users/create-user.html
"""

from __future__ import annotations

from typing import Any

TRAITS = {"phone_number": "phone", "gravatar_url": "avatar"}
NAMES = {trait: name for name, trait in TRAITS.items()}

OWN = (
    "email", "first_name", "last_name", "name", "phone_number", "gender", "city", "region", "country", "timezone",
    "status", "score", "company_id", "company_custom_id", "facebook_url", "google_url", "gravatar_url", "linkedin_url",
    "twitter_url", "notifications",
)  # fmt: skip
"""What stands in a user by its name when it is read; anything else is one of its `attributes`."""


def as_traits(attributes: dict[str, Any]) -> dict[str, Any]:
    traits = {TRAITS.get(name, name): value for name, value in attributes.items()}
    if isinstance(traits.get("unsubscribed"), bool):
        traits["consents"] = {"email": not traits.pop("unsubscribed")}
    return traits


def as_user(traits: dict[str, Any]) -> dict[str, Any]:
    """The reverse: as a user is read. `name` is made of its parts where nobody gave one."""
    said = {NAMES.get(trait, trait): value for trait, value in traits.items() if trait != "tags"}
    parts = [said.get("first_name"), said.get("last_name")]
    made = " ".join(part for part in parts if isinstance(part, str))
    tags = traits.get("tags", [])
    return {
        **{name: said.get(name) for name in OWN},
        "name": said.get("name", made or None),
        "tags": [{"name": tag} for tag in (tags if isinstance(tags, list) else [tags])],
        "lists": [],
        "attributes": [
            {"name": name, "name_std": name.lower().replace(" ", "_"), "value": value}
            for name, value in said.items()
            if name not in OWN
        ],
    }
