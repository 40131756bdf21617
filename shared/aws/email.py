"""Email by SES (API v2). The message's id goes along as a tag, for receipts, and as a header."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shared.aws.clients import client
from shared.aws.provider_errors import translated
from shared.providers import Email

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import BodyTypeDef, MessageTagTypeDef

NOT_IN_TAGS = re.compile(r"[^A-Za-z0-9_-]")
"""https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html"""


class SesEmail:
    """`shared.providers.EmailProvider`."""

    def send(self, email: Email) -> str:
        body: BodyTypeDef = {}
        if email.html is not None:
            body["Html"] = {"Data": email.html, "Charset": "UTF-8"}
        if email.text is not None:
            body["Text"] = {"Data": email.text, "Charset": "UTF-8"}
        with translated({}):
            answer = client("sesv2").send_email(
                FromEmailAddress=email.sender,
                Destination={"ToAddresses": [email.to]},
                Content={
                    "Simple": {
                        "Subject": {"Data": email.subject, "Charset": "UTF-8"},
                        "Body": body,
                        "Headers": [{"Name": "X-Headrace-Message", "Value": email.message}],
                    }
                },
                EmailTags=[_tag("message", email.message), _tag("campaign", email.campaign)],
            )
        return answer["MessageId"]


def _tag(name: str, value: str) -> MessageTagTypeDef:
    return {"Name": name, "Value": NOT_IN_TAGS.sub("_", value)[:256]}
