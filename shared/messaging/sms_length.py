"""How long an SMS may be, and how many it is billed as.

https://docs.aws.amazon.com/sns/latest/dg/sms_sending-overview.html
"""

from __future__ import annotations

LONGEST = 1600
"""Characters of one SMS that SNS takes."""

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = frozenset("^{}\\[~]|€\f")
"""The alphabet of GSM 03.38, and its characters that count as two. Any other makes the whole SMS UCS-2."""


def segments(text: str) -> int:
    """How many SMS the text is billed as: 160 characters of GSM 03.38 or 70 others, in series 153 and 67."""
    if all(character in GSM or character in GSM_TWICE for character in text):
        length, one, each = len(text) + sum(character in GSM_TWICE for character in text), 160, 153
    else:
        length, one, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= one else -(-length // each)
