"""Empty a bucket before CloudFormation deletes it, because CloudFormation only deletes empty buckets.

Properties: `Bucket`. Only buckets whose data the target does not keep have this resource.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3

from infra.custom_resources.answer import Made, answering

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

ENOUGH_MILLISECONDS = 30_000
"""Milliseconds of the function's time that must be left to delete another thousand objects, the most of one call:
https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"""


@answering
def lambda_handler(event: dict[str, Any], context: Any) -> Made:
    if event["RequestType"] == "Delete":
        empty(event["PhysicalResourceId"], context)
        return Made(event["PhysicalResourceId"], {})
    return Made(event["ResourceProperties"]["Bucket"], {})


def empty(bucket: str, context: Any) -> None:
    """Delete every version of every object, because the stage may have kept versions once. Raises TimeoutError if one
    run cannot delete them all; then destroy again."""
    s3 = boto3.client("s3")
    try:
        # A bucket that never had versions has one of each object, called "null".
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            keys: list[ObjectIdentifierTypeDef] = [
                {"Key": one["Key"], "VersionId": one["VersionId"]} for one in found
            ]
            if not keys:
                continue
            if context.get_remaining_time_in_millis() < ENOUGH_MILLISECONDS:
                raise TimeoutError(f"{bucket} still has objects; destroy the stack again to go on")
            deleted = s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})
            if errors := deleted.get("Errors"):
                raise RuntimeError(
                    f"{len(errors)} objects of {bucket} stay, the first because of {errors[0]['Code']}"
                )
    except s3.exceptions.NoSuchBucket:
        return  # somebody deleted it by hand: that is what was asked
