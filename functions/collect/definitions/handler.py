"""collect, for a client that may define events → a new version of the workspace.

A function of its own, because the one that the public reaches may not write the workspace.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger

from functions.collect.definitions import define
from shared.aws.runtime import RUNTIME
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.ports.runtime import Runtime
from shared.workspace.collecting import EventDefinition

logger = Logger()


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """`{"source", "definition", "extend"}` to `{"word", "version", "differing"}`, see `define.Definition`."""
    return handle(event, os.environ, RUNTIME)


def handle(event: dict[str, Any], values: Mapping[str, str], runtime: Runtime) -> dict[str, Any]:
    """`values` are the environment variables that the stack sets."""
    workspaces = DynamoWorkspaces(table=values["WORKSPACE_TABLE"], bucket=values["WORKSPACE_BUCKET"])
    source = event["source"]
    definition = EventDefinition.model_validate(event["definition"])
    made = define.define(workspaces, source, definition, extend=event["extend"], clock=runtime.now)
    said = {"source": source, "definition": definition.id, "outcome": made.word, "workspace": made.version}
    logger.info("definition", extra=said)
    return made._asdict()
