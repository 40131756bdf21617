"""The tables of a stack on moto, what a workspace says about messages, and verbs run on them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Literal

import boto3
from typer.testing import CliRunner, Result

from cli.main import typed
from shared.workspace.model import Campaign, EmailSettings, Settings, SmsSettings, Template, Workspace

NOW = datetime.now(UTC).replace(microsecond=0)
MILLISECONDS = f"{int(NOW.timestamp() * 1000):012x}"
REQUEST = f"{MILLISECONDS[:8]}-{MILLISECONDS[8:]}-7000-8000-000000000001"
"""A UUIDv7 of this moment, as `collect` names requests."""

OUTPUTS = {
    "ProfilesTable": "profiles",
    "TimelineTable": "timeline",
    "MessagesTable": "messages",
    "RejectedTable": "rejected",
    "WorkspaceBucket": "workspace",
    "WorkspaceTable": "workspace",
}


def table(name: str, *keys: str, indexes: dict[str, str] | None = None) -> None:
    """A table with these keys; `indexes` are named, and sorted by when a message was requested."""
    roles: tuple[Literal["HASH", "RANGE"], ...] = ("HASH", "RANGE")
    used = {*keys, *(indexes or {}).values(), *(["requested_at"] if indexes else [])}
    more: dict[str, Any] = {}
    if indexes:
        more["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": key, "KeyType": "HASH"},
                    {"AttributeName": "requested_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for index, key in indexes.items()
        ]
    boto3.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": role} for key, role in zip(keys, roles, strict=False)],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in sorted(used)],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )


def run(*arguments: str) -> Result:
    """The command with these arguments."""
    return CliRunner().invoke(typed, list(arguments))


def printed(*arguments: str) -> Any:
    """What a verb that succeeds says to programs."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def shop(word: str) -> Workspace:
    """A workspace whose email, sender and SMS say `word`; the SMS asks for a trait that nobody has."""
    parts = {"subject": f"{word}: {{{{ properties.amount }}}}", "html": "<p>Hi {{ traits.first_name }}</p>"}
    return Workspace(
        settings=Settings(
            email=EmailSettings(sender=f"{word} & Co <hello@shop.example>"),
            sms=SmsSettings(sender_id=word.title()),
        ),
        campaigns=(
            Campaign(id="thanks", name="T", event="Complete Purchase", channel="email", template="mail"),
            Campaign(id="thanks-sms", name="T", event="Complete Purchase", channel="sms", template="text"),
        ),
        templates=(
            Template(id="mail", channel="email", parts=parts),
            Template(id="text", channel="sms", parts={"text": f"{word} {{{{ traits.none }}}}"}),
        ),
    )
