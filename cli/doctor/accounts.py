"""What SES and SNS let the account send.

Of a channel that the workspace does not use nothing is asked: its region may not have it.
"""

from __future__ import annotations

from email.utils import parseaddr

from cli.doctor.examination import Examination
from cli.doctor.finding import Finding, attention, broken, ok
from shared.aws.providers.email_account import EmailAccount, email_account, is_verified
from shared.aws.providers.sms_account import SmsAccount, sms_account
from shared.text import email_addresses
from shared.workspace.model import Workspace

NEARLY = 0.8
"""Of a day's quota."""

ON_A_LAPTOP = "nothing to set up: a laptop delivers to nobody"


def identity(examination: Examination) -> Finding:
    if examination.is_local:
        return ok(ON_A_LAPTOP)
    address = sender_of(examination.workspace)
    return of_identity(address, address and is_verified(address), used=examination.uses("email"))


def email(examination: Examination) -> Finding:
    if examination.is_local:
        return ok(ON_A_LAPTOP)
    if not examination.uses("email") and examination.workspace.settings.email.sender is None:
        return ok("no campaign sends email")
    return of_email(email_account(), used=examination.uses("email"))


def sms(examination: Examination) -> Finding:
    if examination.is_local:
        return ok(ON_A_LAPTOP)
    if not examination.uses("sms"):
        return ok("no campaign sends SMS")
    return of_sms(sms_account(), examination.workspace.settings.sms.daily_spend_usd)


def sender_of(workspace: Workspace) -> str | None:
    """The address alone, as SES knows it."""
    configured = workspace.settings.email.sender
    return parseaddr(email_addresses.sender(configured) or configured)[1] if configured else None


def of_identity(address: str | None, verified: bool | str | None, *, used: bool) -> Finding:
    """`verified` is None where SES has no identity for the address."""
    if not address:
        if used:
            return broken(
                "campaigns send email, and there is no sender",
                "Set `settings.email.sender` in workspace.yaml and apply it.",
            )
        return ok("no sender is set, and no campaign sends email")
    if verified:
        return ok(f"SES sends from {address}")
    domain = address.rpartition("@")[2]
    if verified is None:
        said = f"SES does not know {address} or its domain"
        do = f"Set `email_identity: {domain}` in headrace.yaml and deploy, then set the DNS records that SES asks for."
    else:
        said = f"SES has not verified {address} yet"
        do = (
            f"Set the DNS records (DKIM) that SES shows for {domain}, and wait: SES checks them for 72 hours."
        )
    return broken(said, do) if used else attention(said, do)


def of_email(account: EmailAccount, *, used: bool) -> Finding:
    said = f"{account.sent_today:.0f} of {account.most_a_day:.0f} messages sent in 24 hours"
    if account.most_a_day < 0:
        said = f"{account.sent_today:.0f} messages sent in 24 hours, without a limit"
    if not used:
        return ok(f"no campaign sends email ({'sandbox' if account.sandboxed else said})")
    if not account.enabled or account.enforcement == "SHUTDOWN":
        return broken(
            f"SES has stopped the account's sending ({account.enforcement})", "See SES's account page."
        )
    if account.enforcement != "HEALTHY":
        return attention(
            f"SES says {account.enforcement}", "Reduce bounces and complaints before SES stops your account."
        )
    if account.sandboxed:
        return attention(
            f"the account is in SES's sandbox: only verified receivers; {said}",
            "Request production access: SES console, Account dashboard. It takes a day.",
        )
    if 0 <= account.most_a_day * NEARLY <= account.sent_today:
        return attention(said, "Ask for more: Service Quotas, SES, Sending quota.")
    return ok(said)


def of_sms(account: SmsAccount, daily_usd: float) -> Finding:
    said = f"AWS lets it spend ${account.month_usd:g} a month"
    if account.sandboxed:
        return attention(
            f"the account is in the SMS sandbox: only verified numbers; {said}",
            "Leave the sandbox: SNS console, Mobile, Text messaging. It takes a day.",
        )
    if account.month_usd < daily_usd:
        return attention(
            f"{said}, less than the workspace's {daily_usd:g} a day",
            "Ask for more: Service Quotas, SNS, Account spend threshold; or lower `settings.sms.daily_spend_usd`.",
        )
    return ok(said)
