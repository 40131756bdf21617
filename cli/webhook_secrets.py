"""The signing secrets of the applied workspace's webhooks, from the stack's outgoing secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cli.problem import Problem
from cli.source_keys import RESTORE
from cli.stacks import Stack
from shared.aws.secrets import StackSecret
from shared.failures import Unavailable
from shared.workspace.model import Workspace


class WebhookSecret(NamedTuple):
    """`signing_secret` is None when somebody took it out of the secret."""

    webhook: str
    signing_secret: str | None


def of_stack(stack: Stack, workspace: Workspace) -> list[WebhookSecret]:
    """In the order of the settings. Raises Problem."""
    try:
        return of_workspace(workspace, StackSecret(stack["OutgoingSecretArn"]).read())
    except Unavailable as error:
        raise Problem(f"The signing secrets cannot be read: {error}") from error
    except ValueError as error:  # no JSON, or another kind of it
        raise Problem(f"The signing secrets cannot be read: {error}", RESTORE) from error


def of_workspace(workspace: Workspace, outgoing: Mapping[str, object]) -> list[WebhookSecret]:
    kept = outgoing.get("webhooks")
    by_name = kept if isinstance(kept, dict) else {}
    return [WebhookSecret(name, _text(by_name.get(name))) for name in workspace.settings.webhooks]


def lacking(found: list[WebhookSecret]) -> list[str]:
    """`signing secret of the webhook crm`, …"""
    return [f"signing secret of the webhook {one.webhook}" for one in found if one.signing_secret is None]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
