"""Email by SES (API v2). The message's id goes along as a tag, for receipts, and as a header."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shared.aws.clients import client, unavailable_when_failing
from shared.aws.providers.errors import translated
from shared.messaging.providers import Email, SendingQuota

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import BodyTypeDef, MessageTagTypeDef

NOT_IN_TAGS = re.compile(r"[^A-Za-z0-9_-]")
"""https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html"""

NO_QUOTA = -1
"""`Max24HourSend` of an account without one."""


class SesEmail:
    """`shared.messaging.providers.EmailProvider`."""

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


def sending_quota() -> SendingQuota:
    """The account's current sending quota. Raises Unavailable.

    https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendQuota.html
    """
    with unavailable_when_failing():
        quota = client("sesv2").get_account()["SendQuota"]
    most = quota["Max24HourSend"]
    return SendingQuota(
        per_second=quota["MaxSendRate"], used_up=most != NO_QUOTA and quota["SentLast24Hours"] >= most
    )


def _tag(name: str, value: str) -> MessageTagTypeDef:
    return {"Name": name, "Value": NOT_IN_TAGS.sub("_", value)[:256]}
