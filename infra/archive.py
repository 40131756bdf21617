"""archive: packed events from the bus, as rows, to the lake."""

from __future__ import annotations

from aws_cdk import Duration
from constructs import Construct

from infra.bus import Bus, BusConsumer
from infra.lake import Lake
from infra.packaging import Packages
from infra.python_function import PythonFunction
from infra.settings import Settings
from shared.bus_entries import EventBatch


class Archive(Construct):
    def __init__(
        self, scope: Construct, id: str, *, bus: Bus, lake: Lake, packages: Packages, settings: Settings
    ) -> None:
        super().__init__(scope, id)
        self.function = PythonFunction(
            self,
            "Function",
            name="archive",
            handler="functions.archive.handler.lambda_handler",
            package=packages.stage("archive"),
            settings=settings,
            memory_mb=settings.consumer_memory_mb,
            timeout=Duration.minutes(1),
        )
        lake.filled_by(self.function)
        self.consumer = BusConsumer(
            self,
            "Batches",
            bus=bus,
            detail_type=EventBatch.detail_type,
            function=self.function,
            # Each message is at most 64 KB; a larger batch needs a window.
            batch_size=50 if settings.archive_window_seconds else 10,
            window=Duration.seconds(settings.archive_window_seconds),
        )
