"""The stack that a command works on: this checkout's on the laptop, or the one of `--stage dev|prod` on AWS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cli.laptop import access, life
from cli.laptop.laptop import Laptop
from cli.problem import Problem
from shared.aws import clients
from shared.aws.secrets import StackSecret
from shared.aws.stack.stack_outputs import StackDescription, describe
from shared.failures import Unavailable
from shared.ports.workspaces import StackSecrets

AWS_STAGES = ("dev", "prod")
AWS_ADVICE = "Credentials and region are the AWS command line's: AWS_PROFILE, AWS_REGION, or `aws configure`."


@dataclass(frozen=True)
class Stack:
    """`stack["ProfilesTable"]` is the output of that name. Once loaded, the adapters of `shared.aws` talk to it."""

    stage: str
    collect_url: str
    outputs: Mapping[str, str]

    @classmethod
    def load(cls, stage: str | None = None) -> Stack:
        """None is the laptop. Raises Problem when there is no usable stack, or no way to it."""
        if stage in (None, "local"):
            return _on_the_laptop()
        if stage in AWS_STAGES:
            return _on_aws(stage)
        raise Problem(
            f"There is no stage {stage}",
            "Stages are dev and prod; without --stage the command uses the laptop.",
        )

    def __getitem__(self, output: str) -> str:
        try:
            return self.outputs[output]
        except KeyError:
            raise Problem(
                f"The stack {name_of(self.stage)} has no output {output}",
                "It was deployed by an older version: deploy it again.",
            ) from None


def secrets_of(stack: Stack) -> StackSecrets:
    return StackSecrets(StackSecret(stack["SecretArn"]), StackSecret(stack["OutgoingSecretArn"]))


def name_of(stage: str) -> str:
    """The stack's name on CloudFormation."""
    return f"headrace-{stage}"


def _on_the_laptop() -> Stack:
    ports = life.running(Laptop.of_this_checkout())
    if ports is None:
        raise Problem("The laptop stack is not running", "Start it: headrace up")
    access.enter(ports)
    clients.forget()
    return Stack("local", access.collect_url(ports), _outputs("local", "Deploy it: headrace up"))


def _on_aws(stage: str) -> Stack:
    outputs = _outputs(stage, f"Deploy it: headrace deploy --stage {stage}")
    return Stack(stage, outputs.get("CollectUrl", ""), outputs)


def looked_up(stage: str) -> StackDescription | None:
    """The stage's stack as it stands, usable or not; None when there is none. Raises Problem."""
    try:
        return describe(name_of(stage))
    except Unavailable as error:
        raise Problem(
            f"CloudFormation does not answer: {error}",
            "If the emulator hangs, `headrace up` restarts it from its last save."
            if stage == "local"
            else AWS_ADVICE,
        ) from error


def described(stage: str, advice: str) -> StackDescription:
    """The same, where there should be one. Raises Problem, with the advice when there is none."""
    description = looked_up(stage)
    if description is None:
        raise Problem(f"There is no stack {name_of(stage)} in this account and region", advice)
    return description


def _outputs(stage: str, advice: str) -> Mapping[str, str]:
    description = described(stage, advice)
    if not description.is_usable:
        raise Problem(f"The stack {name_of(stage)} is not usable: {description.status}", advice)
    return description.outputs
