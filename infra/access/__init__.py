"""Who may operate the stack without being an administrator: managed policies, for people's roles and for CI's.

`operators` allows what the `headrace` command asks of AWS, except to deploy and to destroy; `on_call`, which they have
beside it because a policy has 6,144 characters, to look where the page about alarms sends them. `route_queues`, beside
them too, allow to look after those queues of routes that have names of their own. `analysts` allows to query the lake.
`ci` allows to apply a workspace, to deploy by way of the CDK's own roles, and to run the doctor. See
docs/operating/access.md.
"""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.access.dead_letters import redrive_dead_letters
from infra.access.lake import query_lake
from infra.access.people import follow_events, read_people, read_the_doctors_events
from infra.access.route_queues import look_at_routes, policies_of_named_queues
from infra.access.stack import deploy_by_the_cdk, describe_stack, examine_stack, follow_alarms
from infra.access.workspace import apply_workspaces
from infra.bus import Bus
from infra.lake import RESULTS
from infra.routing import Routes
from infra.settings.model import Settings
from infra.watched import Watched
from infra.workspace import Workspace
from shared.lake import schema


class Access(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        of: Watched,
        workspace: Workspace,
        bus: Bus,
        routes: Routes,
        settings: Settings,
    ) -> None:
        super().__init__(scope, id)
        name = Stack.of(self).stack_name
        self.operators = self._policy("Operators", f"What the verbs of the command ask of {name}")
        describe_stack(self.operators)
        apply_workspaces(self.operators, workspace)
        read_people(self.operators, of=of, workspace=workspace)
        follow_events(self.operators, of=of, settings=settings)
        look_at_routes(self.operators, routes)
        redrive_dead_letters(self.operators, of=of, bus=bus)
        query_lake(self.operators, of.lake, "*")
        examine_stack(self.operators, of=of, workspace=workspace, bus=bus)
        self.route_queues = policies_of_named_queues(routes, self._policy)
        self.on_call = self._policy("OnCall", f"Follow an alarm of {name} to its cause")
        follow_alarms(self.on_call)
        self.analysts = self._policy("Analysts", f"Query the lake of {name}")
        describe_stack(self.analysts)
        query_lake(self.analysts, of.lake, "*")
        self.ci = self._policy(
            "Ci",
            f"Applies a workspace to {name}, deploys it by the roles of cdk bootstrap, and runs the doctor",
        )
        describe_stack(self.ci)
        apply_workspaces(self.ci, workspace)
        examine_stack(self.ci, of=of, workspace=workspace, bus=bus)
        read_the_doctors_events(self.ci, of.tables)
        query_lake(self.ci, of.lake, f"{schema.EVENTS.prefix}*", f"{RESULTS}*")
        deploy_by_the_cdk(self.ci)

    def _policy(self, id: str, description: str) -> iam.ManagedPolicy:
        return iam.ManagedPolicy(self, id, description=description)
