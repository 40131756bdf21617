"""The tables, all on demand. What their items hold is described where they are read and written, in `shared/aws`."""

from __future__ import annotations

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.settings import Settings

DUE = "due"
OF_PERSON, OF_DAY = "of_person", "of_day"
DIFFERENCES = "differences"


class Tables(Construct):
    def __init__(self, scope: Construct, id: str, *, settings: Settings, protected: bool) -> None:
        super().__init__(scope, id)
        self._settings = settings
        self._protected = protected

        self.profiles = self._table("Profiles")
        # Sparse: only profiles that want attention are in it, so a busy person costs no index writes.
        self.profiles.add_global_secondary_index(
            index_name=DUE,
            partition_key=_text("due_bucket"),
            sort_key=_text("due_at"),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        self.timeline = self._table("Timeline", sort_key="sk", expires=True, restorable=False)
        self.rejected = self._table(
            "Rejected",
            sort_key="sk",
            expires=True,
            restorable=False,
            stream=dynamodb.StreamViewType.NEW_IMAGE,  # on its way to the lake
        )
        self.messages = self._table("Messages", expires=True)
        # Keys alone: a message is written to them once, whatever becomes of it.
        for name, key in ((OF_PERSON, "person"), (OF_DAY, "day")):
            self.messages.add_global_secondary_index(
                index_name=name,
                partition_key=_text(key),
                sort_key=_text("requested_at"),
                projection_type=dynamodb.ProjectionType.KEYS_ONLY,
            )
        self.workspace = self._table("Workspace")
        self.tee = self._table("Tee", expires=True, restorable=False)
        # Sparse: only answers that differ from ours are in it.
        self.tee.add_global_secondary_index(
            index_name=DIFFERENCES, partition_key=_text("differs"), sort_key=_text("pk")
        )

    def _table(
        self,
        id: str,
        *,
        sort_key: str | None = None,
        expires: bool = False,
        restorable: bool = True,
        stream: dynamodb.StreamViewType | None = None,
    ) -> dynamodb.Table:
        """`restorable` where what is lost does not come again, and is not forgotten by itself within weeks."""
        to_any_second = restorable and self._settings.point_in_time_recovery
        table = dynamodb.Table(
            self,
            id,
            partition_key=_text("pk"),
            sort_key=_text(sort_key) if sort_key else None,
            time_to_live_attribute="expires_at" if expires else None,
            stream=stream,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
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
        return table


def index_arn(table: dynamodb.Table, name: str) -> str:
    return f"{table.table_arn}/index/{name}"


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
