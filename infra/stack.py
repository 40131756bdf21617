"""The stack is the diagram: events come in at collect, go along the stream to process, and over the bus to everyone."""

from __future__ import annotations

from typing import TypedDict

from aws_cdk import Stack
from constructs import Construct

from infra.access import Access
from infra.alarms import Alarms
from infra.archive import Archive
from infra.bucket import Buckets
from infra.bus import Bus
from infra.collect import Collect
from infra.dashboard import Dashboard
from infra.lake import Lake
from infra.outputs import publish
from infra.packaging import Packages
from infra.process import Process
from infra.push import PushApplications
from infra.routing import Routes
from infra.send import Send
from infra.settings.model import Settings
from infra.stream import Stream
from infra.sweep import Sweep
from infra.tables import Tables
from infra.tee import Tee
from infra.watch import Watch
from infra.watched import Watched
from infra.workspace import Workspace


class Ours(TypedDict):
    packages: Packages
    settings: Settings


class Headrace(Stack):
    """Where data is kept, the stack and its tables refuse to be deleted: all but the first time (`protected`), for a
    first deployment that fails could not be cleared away."""

    def __init__(
        self, scope: Construct, id: str, *, settings: Settings, packages: Packages, protected: bool = True
    ) -> None:
        protected = protected and settings.keeps_data
        super().__init__(
            scope,
            id,
            description="Headrace: collects customer events and acts on them",
            termination_protection=protected,
            analytics_reporting=False,
        )
        # The CDK makes a function depend on its role twice over, which cfn-lint (rightly) finds redundant.
        self.template_options.metadata = {"cfn-lint": {"config": {"ignore_checks": ["W3005"]}}}
        ours: Ours = {"packages": packages, "settings": settings}
        self.buckets = Buckets(self, "Buckets", package=packages.custom_resources(), settings=settings)
        self.tables = Tables(self, "Tables", settings=settings, protected=protected)
        self.workspace = Workspace(
            self, "Workspace", table=self.tables.workspace, buckets=self.buckets, settings=settings
        )
        self.stream = Stream(self, "Stream", settings=settings)
        self.bus = Bus(self, "Bus", settings=settings)
        self.lake = Lake(self, "Lake", buckets=self.buckets, settings=settings)
        self.push = PushApplications(self, "Push", **ours)

        self.collect = Collect(
            self,
            "Collect",
            stream=self.stream,
            rejected=self.tables.rejected,
            profiles=self.tables.profiles,
            workspace=self.workspace,
            **ours,
        )
        self.tee = Tee(
            self,
            "Tee",
            collect=self.collect,
            table=self.tables.tee,
            workspace=self.workspace,
            **ours,
        )
        self.process = Process(
            self,
            "Process",
            stream=self.stream,
            tables=self.tables,
            workspace=self.workspace,
            bus=self.bus,
            buckets=self.buckets,
            **ours,
        )
        self.sweep = Sweep(self, "Sweep", profiles=self.tables.profiles, stream=self.stream, **ours)
        self.send = Send(
            self,
            "Send",
            bus=self.bus,
            tables=self.tables,
            stream=self.stream,
            workspace=self.workspace,
            push=self.push,
            **ours,
        )
        self.archive = Archive(
            self,
            "Archive",
            bus=self.bus,
            lake=self.lake,
            rejected=self.tables.rejected,
            workspace=self.workspace,
            **ours,
        )
        self.routes = Routes(self, "Routes", bus=self.bus.bus, file=settings.routes)

        watched = Watched(
            collect=self.collect,
            stream=self.stream,
            process=self.process,
            sweep=self.sweep,
            send=self.send,
            archive=self.archive,
            tee=self.tee,
            lake=self.lake,
            tables=self.tables,
        )
        self.access = self.alarms = self.watch = None
        if settings.on_aws:  # on the laptop everybody may do everything
            self.access = Access(
                self,
                "Access",
                of=watched,
                workspace=self.workspace,
                bus=self.bus,
                routes=self.routes,
                settings=settings,
            )
        if settings.alarms:
            self.watch = Watch(self, "Watch", of=watched, bus=self.bus, **ours)
            self.alarms = Alarms(
                self, "Alarms", of=watched, watch=self.watch, routes=self.routes, settings=settings
            )
            Dashboard(self, "Dashboard", of=watched, alarms=self.alarms, settings=settings)
        publish(
            self,
            tables=self.tables,
            workspace=self.workspace,
            stream=self.stream,
            bus=self.bus,
            lake=self.lake,
            collect=self.collect,
            process=self.process,
            sweep=self.sweep,
            send=self.send,
            archive=self.archive,
            tee=self.tee,
            watch=self.watch,
            alarms=self.alarms,
            access=self.access,
            settings=settings,
        )
