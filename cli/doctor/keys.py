"""Whether the stack's secrets still have what was applied: sources' keys, and what webhooks are signed with."""

from __future__ import annotations

from collections.abc import Mapping

from cli import source_keys
from cli.doctor.examination import Examination
from cli.doctor.finding import Finding, broken, ok
from cli.problem import Problem
from cli.stacks import secrets_of
from shared.workspace import Workspace


def keys(examination: Examination) -> Finding:
    secrets = secrets_of(examination.stack)
    try:
        return of_secrets(examination.workspace, secrets.keys.read(), secrets.outgoing.read())
    except ValueError as error:  # no JSON, or another kind of it
        raise Problem(str(error), source_keys.RESTORE) from error


def of_secrets(workspace: Workspace, secret: Mapping[str, object], outgoing: Mapping[str, object]) -> Finding:
    webhooks = outgoing.get("webhooks")
    signed = webhooks if isinstance(webhooks, dict) else {}
    lacking = source_keys.lacking(workspace, secret)
    lacking += [
        f"signing secret of the webhook {name}"
        for name in workspace.settings.webhooks
        if not isinstance(signed.get(name), str) or not signed[name]
    ]
    if lacking:
        return broken(
            f"a secret has not, or not as it was applied: {', '.join(lacking)}", source_keys.RESTORE
        )
    return ok(f"the secrets have what {len(workspace.sources)} sources were applied with")
