"""Allow actions on resources, in a managed policy."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct


def allow(policy: iam.ManagedPolicy, actions: Sequence[str], *resources: str) -> None:
    """Add a statement: every action on every resource. Resources are ARNs, or `*`."""
    policy.add_statements(iam.PolicyStatement(actions=[*actions], resources=[*resources]))


def arn_of(scope: Construct, service: str, resource: str, name: str, *, separator: str = "/") -> str:
    """Of a resource of this stack's account and region: `arn:aws:<service>:…:<resource><separator><name>`."""
    return f"{Stack.of(scope).format_arn(service=service, resource=resource)}{separator}{name}"
