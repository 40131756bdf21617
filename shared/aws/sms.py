"""SMS by SNS, straight to a telephone number."""

from __future__ import annotations

from shared.aws.clients import client
from shared.aws.provider_errors import translated
from shared.messages import Why

REFUSALS = {
    "InvalidParameter": Why.ADDRESS_NOT_VALID,
    "InvalidParameterValue": Why.ADDRESS_NOT_VALID,
    "OptedOut": Why.ADDRESS_NOT_REACHABLE,
}


class SnsSms:
    """`shared.providers.SmsProvider`. Every SMS is transactional: an event of the person's own asked for it."""

    def send(self, *, to: str, text: str, sender_id: str | None) -> str:
        attributes = {"AWS.SNS.SMS.SMSType": "Transactional"}
        if sender_id is not None:
            attributes["AWS.SNS.SMS.SenderID"] = sender_id
        with translated(REFUSALS):
            answer = client("sns").publish(
                PhoneNumber=to,
                Message=text,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
                },
            )
        return answer["MessageId"]
