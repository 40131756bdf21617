"""A `send` that does not claim first."""

from __future__ import annotations

from typing import Any

from functions.send.sending import Sending
from simulation.campaign.mutants.planting import Mutant, Replacement


def _claims_last() -> list[Replacement]:
    """The message is claimed when the provider has it."""

    def claimed(self: Any, request: Any, outgoing: Any, until: Any) -> Any:
        at = self.clock()
        status = self._deliver(request, outgoing, at, until, False)
        self._claim(request, outgoing, at, until, None)
        return status

    return [(Sending, "_claimed", claimed)]


MUTANTS = (Mutant("claim after send", "a message is claimed after the provider took it", _claims_last),)
