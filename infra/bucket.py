"""Private, encrypted buckets, emptied before they are destroyed if the target does not keep their data."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import CustomResource, Duration
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.packaging import Package
from infra.python_function import PythonFunction
from infra.settings.model import Settings

VERSIONS_DAYS = 30
"""Days for which deleted objects can be restored."""


class Buckets(Construct):
    """Creates buckets. CloudFormation only deletes empty ones, so a small function empties them first."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings, package: Package) -> None:
        super().__init__(scope, id)
        self._settings = settings
        self._emptier = None
        if not settings.keeps_data:
            self._emptier = PythonFunction(
                self,
                "Emptier",
                name="bucket-emptier",
                handler="infra.custom_resources.emptied_bucket.lambda_handler",
                package=package,
                settings=settings,
                memory_mb=256,
                timeout=Duration.minutes(15),
            )

    def bucket(
        self,
        scope: Construct,
        id: str,
        *,
        lifecycle: Sequence[s3.LifecycleRule],
        versions_days: int | None = VERSIONS_DAYS,
    ) -> s3.Bucket:
        """Create a bucket. `versions_days` is how long deleted or overwritten objects can be restored. Only buckets
        that are kept have versions, because the others must be emptied fast."""
        versions = [_forgotten(versions_days)] if versions_days and self._settings.keeps_data else []
        bucket = s3.Bucket(
            scope,
            id,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            # S3's own keys: a KMS key costs a call per object and keeps out nobody whom IAM lets in.
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            removal_policy=self._settings.removal,
            versioned=bool(versions),
            lifecycle_rules=[
                *lifecycle,
                *versions,
                s3.LifecycleRule(id="unfinished", abort_incomplete_multipart_upload_after=Duration.days(1)),
            ],
        )
        acknowledge(
            bucket,
            "S1",
            "Access logs would cost an object per few reads; who needs them turns on CloudTrail data events.",
        )
        if self._emptier:
            self._emptier.allow("s3:ListBucketVersions", on=bucket.bucket_arn)
            self._emptier.allow(
                "s3:DeleteObject",
                "s3:DeleteObjectVersion",
                on=bucket.arn_for_objects("*"),
                part="Every object of the bucket it empties.",
            )
            emptied = CustomResource(
                bucket,  # so that what depends on the bucket is gone before it is emptied
                "Emptied",
                service_token=self._emptier.function.function_arn,
                resource_type="Custom::EmptiedBucket",
                properties={"Bucket": bucket.bucket_name},
            )
            emptied.node.add_dependency(self._emptier.permissions)
        return bucket


def _forgotten(days: int) -> s3.LifecycleRule:
    """A rule that deletes old versions after this many days, and then the delete markers."""
    return s3.LifecycleRule(
        id="versions",
        noncurrent_version_expiration=Duration.days(days),
        expired_object_delete_marker=True,
    )
