"""collect, for a client that may define events → a new version of the workspace.

A function of its own, because the one that the public reaches may not write the workspace.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger

from functions.collect.definitions import define
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.workspace.collecting import EventDefinition

logger = Logger()


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """`{"source", "definition", "extend"}` to `{"word", "version", "differing"}`, see `define.Definition`."""
    workspaces = DynamoWorkspaces(table=os.environ["WORKSPACE_TABLE"], bucket=os.environ["WORKSPACE_BUCKET"])
    source = event["source"]
    definition = EventDefinition.model_validate(event["definition"])
    made = define.define(
        workspaces, source, definition, extend=event["extend"], clock=lambda: datetime.now(UTC)
    )
    said = {"source": source, "definition": definition.id, "outcome": made.word, "workspace": made.version}
    logger.info("definition", extra=said)
    return made._asdict()
