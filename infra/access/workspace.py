"""To apply a workspace."""

from __future__ import annotations

from aws_cdk import aws_iam as iam

from infra.access.granting import allow, arn_of
from infra.acknowledged import acknowledge_part
from infra.workspace import Workspace


def apply_workspaces(policy: iam.ManagedPolicy, workspace: Workspace) -> None:
    """Read and write the workspace's versions and its secrets, and see whether its sender may send."""
    snapshots = workspace.bucket.arn_for_objects("workspaces/*")
    allow(policy, ["dynamodb:GetItem", "dynamodb:PutItem"], workspace.table.table_arn)
    allow(policy, ["s3:GetObject", "s3:PutObject"], snapshots)
    acknowledge_part(policy, snapshots, "Snapshots are named for the hash of their content.")
    allow(
        policy,
        [
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
        ],
        workspace.keys.secret_arn,
        workspace.outgoing.secret_arn,
    )
    identities = arn_of(policy, "ses", "identity", "*")
    allow(policy, ["ses:GetEmailIdentity"], identities)  # whether its sender may send
    acknowledge_part(policy, identities, "The senders are named in the workspace.")
