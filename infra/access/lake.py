"""To query the lake."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from infra.access.granting import allow, arn_of
from infra.acknowledged import acknowledge_part
from infra.lake import RESULTS, Lake


def query_lake(policy: iam.ManagedPolicy, lake: Lake, *keys: str) -> None:
    """Athena reads the catalogue and the bucket, of it objects with these keys, in the name of who asks.

    https://docs.aws.amazon.com/athena/latest/ug/example-policies-workgroup.html
    """
    allow(
        policy,
        [
            "athena:GetQueryExecution",
            "athena:GetQueryResults",
            "athena:StartQueryExecution",
            "athena:StopQueryExecution",
        ],
        arn_of(policy, "athena", "workgroup", lake.workgroup.name),
    )
    tables = arn_of(policy, "glue", "table", f"{lake.database}/*")
    allow(
        policy,
        ["glue:GetDatabase", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"],
        Stack.of(policy).format_arn(service="glue", resource="catalog"),
        arn_of(policy, "glue", "database", lake.database),
        tables,
    )
    acknowledge_part(policy, tables, "The tables and views of the lake's own database.")
    objects = [lake.bucket.arn_for_objects(key) for key in keys]
    results = lake.bucket.arn_for_objects(f"{RESULTS}*")
    allow(policy, ["s3:GetBucketLocation", "s3:ListBucket"], lake.bucket.bucket_arn)
    allow(policy, ["s3:GetObject"], *objects)
    for arn in objects:
        acknowledge_part(policy, arn, "Whoever queries the lake reads its objects.")
    allow(policy, ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"], results)
    acknowledge_part(policy, results, "Results are named for their query.")
