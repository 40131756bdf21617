"""Accept findings of cdk-nag, each with its reason, on its construct."""

from __future__ import annotations

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Accept a finding of the AwsSolutions pack, named without its prefix: `S1`, `IAM5[Resource::*]`."""
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions-{rule}", reason=reason))


def acknowledge_part(construct: IConstruct, arn: str, reason: str) -> None:
    """Accept a policy's resource that ends in `*`, if it is a part of one of the stack's own resources."""
    acknowledge(construct, f"IAM5[Resource::{_as_reported(construct, arn)}]", reason)


def _as_reported(construct: IConstruct, arn: str) -> str:
    """The ARN as the finding spells it: `Fn::Join` flattened, references in angle brackets."""
    return _flat(Stack.of(construct).resolve(arn))


def _flat(value: object) -> str:
    match value:
        case {"Fn::Join": [str(separator), [*parts]]}:
            return separator.join(_flat(part) for part in parts)
        case {"Fn::GetAtt": [str(resource), str(attribute)]}:
            return f"<{resource}.{attribute}>"
        case {"Ref": str(name)}:
            return f"<{name}>"
        case str():
            return value
        case _:
            raise TypeError(f"no ARN: {value}")
