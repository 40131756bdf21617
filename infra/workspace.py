"""The workspace as it was applied: versions in a table, snapshots in a bucket, keys in a secret.

What we show others, vendors' credentials and webhooks' signing keys, is in another one: `collect`, which the public
reaches, may read the first alone.
"""

from __future__ import annotations

import json
import string

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.bucket import Buckets
from infra.python_function import PythonFunction
from infra.settings.model import Settings

OVERFLOW_DAYS = 400
"""How long bodies of rejected requests too large for the table are kept; their items expire when the workspace says."""

TEE_DAYS = 20
"""The same for requests on their way to a vendor: a few days in the queue, two weeks as dead letters."""


class Workspace(Construct):
    def __init__(
        self, scope: Construct, id: str, *, table: dynamodb.Table, buckets: Buckets, settings: Settings
    ) -> None:
        super().__init__(scope, id)
        self.table = table
        self.bucket = buckets.bucket(
            self,
            "Bucket",
            lifecycle=[
                s3.LifecycleRule(id="overflow", prefix="rejected/", expiration=Duration.days(OVERFLOW_DAYS)),
                s3.LifecycleRule(id="tee", prefix="tee/", expiration=Duration.days(TEE_DAYS)),
            ],
        )
        # A fresh stack has one usable source; its key is made here and is in no template, output or log.
        self.keys = self._secret(
            "Secret",
            description="Write keys, identity secrets and key pairs of Headrace's sources",
            # Once deployed it stays as it is: with any other, CloudFormation would make the secret anew.
            template={"sources": {}, "webhooks": {}},
            generated="default_write_key",
            settings=settings,
        )
        acknowledge(
            self.keys,
            "SMG4",
            "Write keys are built into apps that are already installed: whoever owns them decides when they change.",
        )
        self.outgoing = self._secret(
            "OutgoingSecret",
            description="What Headrace shows others: webhooks' signing keys, credentials for vendors",
            template={"webhooks": {}, "tees": {}},
            generated="unused",  # CloudFormation makes no JSON without a generated part
            settings=settings,
        )
        acknowledge(
            self.outgoing, "SMG4", "Its keys are known to others, who must take new ones at the same moment."
        )

    def _secret(
        self, id: str, *, description: str, template: dict[str, object], generated: str, settings: Settings
    ) -> secretsmanager.Secret:
        return secretsmanager.Secret(
            self,
            id,
            description=description,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps(template),
                generate_string_key=generated,
                exclude_characters=string.punctuation,  # a write key goes into URLs and headers
                password_length=40,
            ),
            removal_policy=settings.removal,
        )

    def read_by(self, function: PythonFunction) -> None:
        function.set(WORKSPACE_TABLE=self.table.table_name, WORKSPACE_BUCKET=self.bucket.bucket_name)
        function.allow("dynamodb:GetItem", on=self.table.table_arn)
        function.allow(
            "s3:GetObject",
            on=self.bucket.arn_for_objects("workspaces/*"),
            part="Snapshots are named for the hash of their content.",
        )
        # Without it S3 calls an object that is gone "denied".
        function.allow("s3:ListBucket", on=self.bucket.bucket_arn)

    def written_by(self, function: PythonFunction) -> None:
        """A version is two items and a snapshot; none is ever deleted."""
        function.allow("dynamodb:PutItem", on=self.table.table_arn)
        function.allow(
            "s3:PutObject",
            on=self.bucket.arn_for_objects("workspaces/*"),
            part="Snapshots are named for the hash of their content.",
        )

    def keys_read_by(self, function: PythonFunction) -> None:
        function.set(SECRET_ARN=self.keys.secret_arn)
        _let_read(function, self.keys)

    def outgoing_named_to(self, function: PythonFunction) -> None:
        function.set(OUTGOING_SECRET_ARN=self.outgoing.secret_arn)

    def outgoing_read_by(self, function: PythonFunction) -> None:
        self.outgoing_named_to(function)
        _let_read(function, self.outgoing)

    def overflow_written_by(self, function: PythonFunction) -> None:
        self._overflow(function, "s3:PutObject")

    def overflow_read_by(self, function: PythonFunction) -> None:
        self._overflow(function, "s3:GetObject")
        # Without it S3 calls an object that is gone "denied".
        function.allow("s3:ListBucket", on=self.bucket.bucket_arn)

    def tee_bodies_written_by(self, function: PythonFunction) -> None:
        self._tee_bodies(function, "s3:PutObject")

    def tee_bodies_read_by(self, function: PythonFunction) -> None:
        self._tee_bodies(function, "s3:GetObject")
        function.allow("s3:ListBucket", on=self.bucket.bucket_arn)  # as above

    def _tee_bodies(self, function: PythonFunction, action: str) -> None:
        objects = self.bucket.arn_for_objects("tee/*")
        function.allow(action, on=objects, part="Objects are named for their request's id.")

    def _overflow(self, function: PythonFunction, action: str) -> None:
        objects = self.bucket.arn_for_objects("rejected/*")
        function.allow(action, on=objects, part="Objects are named for their request's id.")


def _let_read(function: PythonFunction, secret: secretsmanager.Secret) -> None:
    """Its current value. The one before may hold what has been taken out of it since."""
    function.allow(
        "secretsmanager:GetSecretValue",
        on=secret.secret_arn,
        when={"ForAnyValue:StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}},
    )
