"""A `send` that does not claim first, sends to somebody else, or holds back what it should send."""

from __future__ import annotations

from typing import Any

from functions.send import consent, sending
from functions.send.channels.email import EmailChannel
from functions.send.sending import Sending
from shared.messaging.messages import Why
from simulation.campaign.mutants.planting import Mutant, Replacement


def _claims_last() -> list[Replacement]:
    """The message is claimed when the provider has it."""

    def claimed(self: Any, request: Any, outgoing: Any, until: Any) -> Any:
        at = self.clock()
        status = self._deliver(request, outgoing, at, until, False)
        self._claim(request, outgoing, at, until, None)
        return status

    return [(Sending, "_claimed", claimed)]


def _to_whom_it_sent_last() -> list[Replacement]:
    """An address is kept in the environment, and is the next one's too."""
    real, kept = vars(EmailChannel)["address"], list[str]()

    def address(self: EmailChannel, order: Any) -> str | None:
        to: str | None = real(self, order)
        if to is not None and kept[-1:] != [to]:  # it is asked for twice
            kept.append(to)
        return to and kept[-2:][0]

    return [(EmailChannel, "address", address)]


def _says_nothing() -> list[Replacement]:
    """Unless the request comes again."""
    return [(sending, "announce", lambda *_args, **_more: None)]


def _takes_yes_for_no() -> list[Replacement]:
    real = consent.refused

    def refused(channel: Any, consents: Any) -> Why | None:
        said = consents.get(channel)
        return Why.CONSENT_WITHDRAWN if said is not None and said.given else real(channel, consents)

    return [(consent, "refused", refused)]


MUTANTS = (
    Mutant("claim after send", "a message is claimed after the provider took it", _claims_last),
    Mutant("message to somebody else", "an email goes to whom the last one went to", _to_whom_it_sent_last),
    Mutant("sent and not said", "no Notification Sent follows what was sent", _says_nothing),
    Mutant("yes taken for no", "who agreed is sent nothing", _takes_yes_for_no),
)
