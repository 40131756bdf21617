"""An SNS platform application: CloudFormation has no such resource.

Properties: `Name`, `Platform` (GCM, APNS, APNS_SANDBOX), `SecretArn` (a JSON object of the attributes SNS asks for, or
absent for a placeholder on the emulator) and `Revision`, which changes when the secret's content did.
Attribute: `Arn`, which is also the physical id.
"""

from __future__ import annotations

import json
from typing import Any

import boto3

from infra.custom_resources.answer import Made, answering

PLACEHOLDER = {"PlatformPrincipal": "placeholder", "PlatformCredential": "placeholder"}


@answering
def lambda_handler(event: dict[str, Any], context: Any) -> Made:  # noqa: ARG001 Lambda's signature
    sns = boto3.client("sns")
    if event["RequestType"] == "Delete":
        sns.delete_platform_application(PlatformApplicationArn=event["PhysicalResourceId"])
        return Made(event["PhysicalResourceId"], {})
    wanted = event["ResourceProperties"]
    attributes = _attributes(wanted)
    if event["RequestType"] == "Update" and _same_application(wanted, event["OldResourceProperties"]):
        arn = event["PhysicalResourceId"]
        sns.set_platform_application_attributes(PlatformApplicationArn=arn, Attributes=attributes)
    else:
        arn = sns.create_platform_application(
            Name=wanted["Name"], Platform=wanted["Platform"], Attributes=attributes
        )["PlatformApplicationArn"]
    return Made(arn, {"Arn": arn})


def _same_application(wanted: dict[str, str], before: dict[str, str]) -> bool:
    return all(wanted[name] == before.get(name) for name in ("Name", "Platform"))


def _attributes(wanted: dict[str, str]) -> dict[str, str]:
    """The application's attributes. Raises ValueError, without quoting it, if the secret is not such an object."""
    if "SecretArn" not in wanted:
        return PLACEHOLDER
    text = boto3.client("secretsmanager").get_secret_value(SecretId=wanted["SecretArn"])["SecretString"]
    try:
        attributes = json.loads(text)
    except json.JSONDecodeError:
        attributes = None
    if not isinstance(attributes, dict) or "PlatformCredential" not in attributes:
        raise ValueError(
            f"the secret {wanted['SecretArn']} must be a JSON object of SNS attributes with PlatformCredential"
        )
    return {str(name): str(value) for name, value in attributes.items()}
