"""Whether the stack's secrets still have what was applied: sources' keys, and what webhooks are signed with."""

from __future__ import annotations

from collections.abc import Mapping

from cli import source_keys, webhook_secrets
from cli.doctor.examination import Examination
from cli.doctor.finding import Finding, broken, ok
from cli.problem import Problem
from cli.stacks import secrets_of
from shared.workspace.model import Workspace


def keys(examination: Examination) -> Finding:
    secrets = secrets_of(examination.stack)
    try:
        return of_secrets(examination.workspace, secrets.keys.read(), secrets.outgoing.read())
    except ValueError as error:  # no JSON, or another kind of it
        raise Problem(str(error), source_keys.RESTORE) from error


def of_secrets(workspace: Workspace, secret: Mapping[str, object], outgoing: Mapping[str, object]) -> Finding:
    lacking = source_keys.lacking(workspace, secret)
    lacking += webhook_secrets.lacking(webhook_secrets.of_workspace(workspace, outgoing))
    if lacking:
        return broken(
            f"a secret lacks, or has other values than were applied: {', '.join(lacking)}",
            source_keys.RESTORE,
        )
    return ok(f"the secrets have the keys of all {len(workspace.sources)} sources")
