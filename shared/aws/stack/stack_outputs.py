"""A deployed stack, as CloudFormation describes it: its status, its outputs, and whether it is protected."""

from __future__ import annotations

from dataclasses import dataclass

from botocore.exceptions import ClientError

from shared.aws.clients import client, unavailable_when_failing


@dataclass(frozen=True)
class StackDescription:
    """A stack. `status` is CloudFormation's, such as `UPDATE_COMPLETE`. After a failure it ends in `FAILED` or contains
    `ROLLBACK`."""

    name: str
    status: str
    outputs: dict[str, str]
    is_protected: bool
    """Its termination protection is on, so CloudFormation refuses to delete it."""

    @property
    def never_was(self) -> bool:
        """Whether its first deployment was never executed or has failed, so that it holds nothing to keep."""
        return self.status in {"REVIEW_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}

    @property
    def is_usable(self) -> bool:
        """Whether the last deployment succeeded, or was rolled back to the previous one."""
        return self.status in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}


def describe(name: str) -> StackDescription | None:
    """The stack with this name; None if it does not exist. Raises Unavailable, also without credentials."""
    with unavailable_when_failing():
        try:
            answer = client("cloudformation").describe_stacks(StackName=name)
        except ClientError as error:
            if (
                error.response["Error"]["Code"] == "ValidationError"
            ):  # CloudFormation's word for "no such stack"
                return None
            raise
    stack = answer["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    return StackDescription(
        name=name,
        status=stack["StackStatus"],
        outputs=outputs,
        is_protected=stack.get("EnableTerminationProtection", False),
    )


def lift_protection(name: str) -> None:
    """Let CloudFormation delete the stack again. Raises Unavailable."""
    with unavailable_when_failing():
        client("cloudformation").update_termination_protection(
            StackName=name, EnableTerminationProtection=False
        )
