"""The number of SMS that a text is billed as.

https://docs.aws.amazon.com/sns/latest/dg/sms_sending-overview.html
"""

from __future__ import annotations

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = frozenset("^{}\\[~]|€\f")
"""The characters of GSM 03.38 that count as two. Any character outside of its alphabet makes the whole SMS UCS-2."""


def segments(text: str) -> int:
    """The number of parts that the text is billed as. One part has 160 characters of GSM 03.38 or 70 others; if there
    are several, each has 153 or 67."""
    if all(character in GSM or character in GSM_TWICE for character in text):
        length, one, each = len(text) + sum(character in GSM_TWICE for character in text), 160, 153
    else:
        length, one, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= one else -(-length // each)
