"""The state of the account in SES, and of a sender's identity."""

from __future__ import annotations

from typing import NamedTuple

from shared.aws.clients import client, unavailable_when_failing


class EmailAccount(NamedTuple):
    """`sandboxed`: only verified receivers, 200 messages a day. `enforcement` is `HEALTHY`, `PROBATION` or `SHUTDOWN`.
    `most_a_day` is -1 where there is no limit."""

    sandboxed: bool
    enabled: bool
    enforcement: str
    most_a_day: float
    sent_today: float


def email_account() -> EmailAccount:
    """Raises Unavailable."""
    with unavailable_when_failing():
        answer = client("sesv2").get_account()
    quota = answer.get("SendQuota", {})
    return EmailAccount(
        sandboxed=not answer.get("ProductionAccessEnabled", False),
        enabled=answer.get("SendingEnabled", False),
        enforcement=answer.get("EnforcementStatus", "HEALTHY"),
        most_a_day=quota.get("Max24HourSend", 0.0),
        sent_today=quota.get("SentLast24Hours", 0.0),
    )


def identities_of(address: str) -> tuple[str, ...]:
    """The identities of which one must be verified to send from the address: the address, its domain, and parent
    domains.

    https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
    """
    domain = address.rpartition("@")[2]
    labels = domain.split(".")
    parents = (".".join(labels[start:]) for start in range(max(1, len(labels) - 1)))
    return (address, *parents)


def is_verified(address: str) -> bool | None:
    """Whether SES may send from the address; None if SES knows none of its identities. Raises Unavailable."""
    known = None
    sesv2 = client("sesv2")
    for name in identities_of(address):
        with unavailable_when_failing():
            try:
                answer = sesv2.get_email_identity(EmailIdentity=name)
            except sesv2.exceptions.NotFoundException:
                continue
        if answer.get("VerifiedForSendingStatus", False):
            return True
        known = False
    return known
