"""SMS by SNS, straight to a telephone number."""

from __future__ import annotations

from shared.aws.clients import client
from shared.aws.providers.errors import translated
from shared.messaging.messages import Why
from shared.messaging.providers import Sms

REFUSALS = {
    "InvalidParameter": Why.ADDRESS_NOT_VALID,
    "InvalidParameterValue": Why.ADDRESS_NOT_VALID,
    "OptedOut": Why.ADDRESS_NOT_REACHABLE,
}


class SnsSms:
    """`shared.messaging.providers.SmsProvider`.

    The attributes: https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html
    """

    def send(self, sms: Sms) -> str:
        attributes = {
            "AWS.SNS.SMS.SMSType": sms.type.capitalize(),
            "AWS.SNS.SMS.SenderID": sms.sender_id,
            "AWS.MM.SMS.OriginationNumber": sms.sender_number,
        }
        with translated(REFUSALS):
            answer = client("sns").publish(
                PhoneNumber=sms.to,
                Message=sms.text,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in attributes.items()
                    if value is not None
                },
            )
        return answer["MessageId"]
