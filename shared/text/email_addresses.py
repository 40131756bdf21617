"""Email addresses in the form for mail servers: ASCII, with an international domain as punycode.

Names in front of addresses are written as RFC 2047 asks: https://www.rfc-editor.org/rfc/rfc2047
"""

from __future__ import annotations

import re
from email.header import Header

from shared.text.visible_text import one_line, trimmed

_WITH_NAME = r"(?P<name>.*)<(?P<address>[^<>]*)>"

_IN_QUOTES = r'[()<>@,;:\\".\[\]]'
"""Characters for which a name needs quotes: https://www.rfc-editor.org/rfc/rfc5322#section-3.2.3"""


def sendable(address: str) -> str | None:
    """The address as SES takes it, like `ana@xn--bcher-kva.example`; None for what is no address, and for a name before
    the @ that is not ASCII, which SES refuses: https://docs.aws.amazon.com/ses/latest/dg/quotas.html"""
    from email_validator import EmailNotValidError, validate_email  # 35 ms, for who sends or checks

    try:
        found = validate_email(
            trimmed(address), check_deliverability=False, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError:
        return None
    return found.ascii_email


def sender(written: str) -> str | None:
    """The header's value for a sender such as `Müller <hello@shop.example>`; None if its address cannot send."""
    parts = re.fullmatch(_WITH_NAME, one_line(written))
    if parts is None:
        return sendable(written)
    address, name = sendable(parts["address"]), _unquoted(parts["name"].strip())
    if address is None or not name:
        return address
    return f"{_phrase(name)} <{address}>"


def _unquoted(name: str) -> str:
    if len(name) > 1 and name[0] == name[-1] == '"':
        return re.sub(r"\\(.)", r"\1", name[1:-1]).strip()
    return name


def _phrase(name: str) -> str:
    if not name.isascii():  # words of at most 75 characters, a space between two is none
        return " ".join(Header(name, "utf-8").encode(maxlinelen=75).split())
    if re.search(_IN_QUOTES, name):
        return '"' + re.sub(r'([\\"])', r"\\\1", name) + '"'
    return name
