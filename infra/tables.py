"""The tables, on demand or with planned capacity. What their items hold is described in `shared/aws`."""

from __future__ import annotations

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.settings.capacity import TableName
from infra.settings.model import Settings

DUE = "due"
OF_PERSON, OF_DAY = "of_person", "of_day"
DIFFERENCES = "differences"

USED_PERCENT = 70
"""Of its capacity, what a table that scales itself is kept at. The rest, and what it did not use in the last five
minutes, is for bursts: more capacity comes after two minutes."""


class Tables(Construct):
    def __init__(self, scope: Construct, id: str, *, settings: Settings, protected: bool) -> None:
        super().__init__(scope, id)
        self._settings = settings
        self._protected = protected

        self.profiles = self._table("profiles")
        # Sparse: only profiles that want attention are in it, so a busy person costs no index writes.
        self._index("profiles", self.profiles, DUE, "due_bucket", "due_at")
        self.timeline = self._table("timeline", sort_key="sk", expires=True, restorable=False)
        self.rejected = self._table(
            "rejected",
            sort_key="sk",
            expires=True,
            restorable=False,
            stream=dynamodb.StreamViewType.NEW_IMAGE,  # on its way to the lake
        )
        self.messages = self._table("messages", expires=True)
        # Keys alone: a message is written to them once, whatever becomes of it.
        for index, key in ((OF_PERSON, "person"), (OF_DAY, "day")):
            self._index("messages", self.messages, index, key, "requested_at")
        self.workspace = self._table("workspace")
        self.tee = self._table("tee", expires=True, restorable=False)
        # Sparse: only answers that differ from ours are in it.
        self._index("tee", self.tee, DIFFERENCES, "differs", "pk", projection=dynamodb.ProjectionType.ALL)

    def _table(
        self,
        name: TableName,
        *,
        sort_key: str | None = None,
        expires: bool = False,
        restorable: bool = True,
        stream: dynamodb.StreamViewType | None = None,
    ) -> dynamodb.Table:
        """`restorable` where what is lost does not come again, and is not forgotten by itself within weeks."""
        to_any_second = restorable and self._settings.point_in_time_recovery
        planned = self._settings.table_capacity.get(name)
        table = dynamodb.Table(
            self,
            name.capitalize(),
            partition_key=_text("pk"),
            sort_key=_text(sort_key) if sort_key else None,
            time_to_live_attribute="expires_at" if expires else None,
            stream=stream,
            billing_mode=dynamodb.BillingMode.PROVISIONED
            if planned
            else dynamodb.BillingMode.PAY_PER_REQUEST,
            read_capacity=planned.least_reads if planned else None,
            write_capacity=planned.least_writes if planned else None,
            # DynamoDB's own key: encrypted at rest like any other, and no KMS call to pay for.
            encryption=dynamodb.TableEncryption.DEFAULT,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=to_any_second
            ),
            deletion_protection=self._protected,
            removal_policy=self._settings.removal,
        )
        if not restorable:
            acknowledge(table, "DDB3", "What is in it expires within weeks; the lake has the events.")
        elif not to_any_second:
            acknowledge(table, "DDB3", "This target's data may go: it is destroyed with the stack.")
        if planned:
            _scale(
                table.auto_scale_write_capacity(
                    min_capacity=planned.least_writes, max_capacity=planned.most_writes
                ),
                table.auto_scale_read_capacity(
                    min_capacity=planned.least_reads, max_capacity=planned.most_reads
                ),
            )
        return table

    def _index(
        self,
        of: TableName,
        table: dynamodb.Table,
        name: str,
        partition_key: str,
        sort_key: str,
        *,
        projection: dynamodb.ProjectionType = dynamodb.ProjectionType.KEYS_ONLY,
    ) -> None:
        """Its capacity is its table's: where an index has none left, writes to the table are throttled."""
        planned = self._settings.table_capacity.get(of)
        table.add_global_secondary_index(
            index_name=name,
            partition_key=_text(partition_key),
            sort_key=_text(sort_key),
            projection_type=projection,
            read_capacity=planned.least_reads if planned else None,
            write_capacity=planned.least_writes if planned else None,
        )
        if planned:
            _scale(
                table.auto_scale_global_secondary_index_write_capacity(
                    name, min_capacity=planned.least_writes, max_capacity=planned.most_writes
                ),
                table.auto_scale_global_secondary_index_read_capacity(
                    name, min_capacity=planned.least_reads, max_capacity=planned.most_reads
                ),
            )


def _scale(*capacities: dynamodb.IScalableTableAttribute) -> None:
    for capacity in capacities:
        capacity.scale_on_utilization(target_utilization_percent=USED_PERCENT)


def index_arn(table: dynamodb.Table, name: str) -> str:
    return f"{table.table_arn}/index/{name}"


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
