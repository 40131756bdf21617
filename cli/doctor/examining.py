"""Examine a stack with every probe, out of what it is deployed with."""

from __future__ import annotations

import os
import time
import uuid
from datetime import UTC, datetime

from cli import source_keys
from cli.console import step
from cli.doctor.advice import typed_for
from cli.doctor.arrivals import Arrivals
from cli.doctor.examination import Examination
from cli.doctor.registry import probes
from cli.doctor.running import Examined, examine
from cli.lake.asking import in_dialect_of
from cli.problem import Problem
from cli.rejected.events import store
from cli.stacks import Stack
from shared.aws.messages.log import DynamoMessages
from shared.aws.queries import AthenaQueries
from shared.aws.secrets import StackSecret
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.timeline import DynamoTimeline
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.doctor import PERSON, keys
from shared.failures import Unavailable
from shared.identity import key
from shared.stored import people
from shared.stored.current_workspace import CurrentWorkspace
from shared.stored.timelines import latest

LATEST = 200
"""Events of the doctor's person that are looked at: some twenty are of one run."""

PATIENCE, PATIENCE_ON_AWS = 30.0, 90.0

MOST_SECONDS_HERE = 90.0
"""That a probe may take on a laptop, where nothing gathers rows for minutes."""


def examined(stack: Stack, *, with_message: bool, quiet: bool = False) -> list[Examined]:
    """Raises Problem when the stack has no doctor's key or its workspace cannot be read."""
    run, asked = examination(stack), probes(with_message=with_message)
    most = MOST_SECONDS_HERE if stack.stage == "local" else None
    if quiet:
        found = examine(asked, run, most=most)
    else:
        with step(f"Examining the stack: {len(asked)} probes") as advance:
            found = examine(asked, run, advance, most=most)
    endpoint = os.environ.get("AWS_ENDPOINT_URL") if stack.stage == "local" else None
    return [one._replace(finding=typed_for(one.finding, stack.stage, endpoint)) for one in found]


def examination(stack: Stack) -> Examination:
    secret = StackSecret(stack["SecretArn"])
    workspaces = DynamoWorkspaces(table=stack["WorkspaceTable"], bucket=stack["WorkspaceBucket"])
    try:
        made = keys(secret.read())
        current = CurrentWorkspace(workspaces, secret, time.monotonic)
        workspace = current.get()
    except Unavailable as error:
        raise Problem(f"The stack's secret or workspace cannot be read: {error}") from error
    except (LookupError, ValueError) as error:
        raise Problem(
            f"The stack's secret has an unexpected content: {error}", source_keys.RESTORE
        ) from error
    if made is None:
        raise Problem(
            "The stack's secret has no default_write_key, which the doctor's keys are derived from",
            source_keys.RESTORE,
        )
    timeline = DynamoTimeline(stack["TimelineTable"])
    profiles = DynamoProfiles(stack["ProfilesTable"])
    queries = AthenaQueries(database=stack["GlueDatabase"], workgroup=stack["AthenaWorkgroup"])
    person = key("user", PERSON)
    return Examination(
        run=uuid.uuid4().hex[:12],
        stack=stack,
        keys=made,
        workspace=workspace,
        unreadable=current.unreadable,
        arrivals=Arrivals(
            lambda: latest(timeline, people.known_by(profiles, [person]), [person], LATEST, datetime.now(UTC))
        ),
        person=lambda: people.known_by(profiles, [person]),
        messages=DynamoMessages(stack["MessagesTable"]),
        rejected=store(stack),
        ask=lambda sql: queries.run(in_dialect_of(stack, sql)),
        patience=PATIENCE if stack.stage == "local" else PATIENCE_ON_AWS,
    )
