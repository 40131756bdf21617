"""A user whom process knows."""

from __future__ import annotations

import pytest

from shared.fold.parts.consents import Consent, Consents
from shared.fold.parts.identities import Identities
from shared.fold.parts.traits import Traits
from shared.fold.profile import Changes, Pointer, Profile
from shared.fold.state import States
from tests.fakes.collect_stage import NOON, Stage


@pytest.fixture
def ada(stage: Stage) -> Stage:
    """A stage that knows `cust-77`, by a number, a key and an address as well."""
    states = States(
        identities=Identities(
            ("user:cust-77", "anonymous:rQ8", "user_com:431", "email:ada@example.com"), True
        ),
        traits=Traits(
            {"first_name": "Ada", "last_name": "Byron", "phone": "+48123", "Shoe size": 39, "tags": ["vip"]}
        ),
        consents=Consents({"email": Consent(False, NOON)}),
    )
    pointers = tuple(Pointer(key, "user:cust-77") for key in states.identities.known[1:])
    profile = Profile("user:cust-77", states=states, created_at=NOON)
    stage.profiles.save(Changes(profiles=(profile,), pointers=pointers), at=NOON)
    return stage
