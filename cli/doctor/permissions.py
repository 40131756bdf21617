"""What whoever runs the doctor must be allowed, as IAM names it: the calls it makes, and what Athena does for it."""

from __future__ import annotations

ACTIONS: dict[str, str] = {
    "cloudformation:DescribeStacks": "the stack's outputs",
    "secretsmanager:GetSecretValue": "both secrets: the key that the doctor's keys are derived from, and the keys of "
    "sources and webhooks",
    "dynamodb:GetItem": "tables of the workspace and of messages",
    "dynamodb:BatchGetItem": "tables of profiles and of messages",
    "dynamodb:Query": "tables of timelines and of rejected events; the messages' indexes",
    "s3:GetObject": "the workspace's bucket; the lake's bucket, for rows and query results",
    "athena:StartQueryExecution": "the workgroup",
    "athena:GetQueryExecution": "the workgroup",
    "athena:GetQueryResults": "the workgroup",
    "athena:StopQueryExecution": "the workgroup",
    "s3:ListBucket": "the buckets of the workspace and of given-up batches",
    "sqs:ListQueues": "*: it takes no resource",
    "sqs:GetQueueAttributes": "the stack's dead-letter queues",
    "events:ListRules": "*: it takes no resource",
    "events:ListTargetsByRule": "rules of the stack's bus, and its schedules",
    "kinesis:DescribeStreamSummary": "the stream",
    "firehose:DescribeDeliveryStream": "the delivery stream",
    "lambda:ListEventSourceMappings": "*: it takes no resource",
    "lambda:GetAccountSettings": "*: it takes no resource",
    "cloudwatch:GetMetricStatistics": "*: it takes no resource",
    "ses:GetAccount": "*: it takes no resource",
    "ses:GetEmailIdentity": "the sender's identities",
    "sns:GetSMSSandboxAccountStatus": "*: it takes no resource",
    "sns:GetSMSAttributes": "*: it takes no resource",
}
"""Action → on what."""

FOR_ATHENA: tuple[str, ...] = (
    "glue:GetDatabase",
    "glue:GetTable",
    "glue:GetPartitions",
    "s3:GetBucketLocation",
    "s3:ListBucket",
    "s3:PutObject",
)
"""Made by Athena in the caller's name: the catalog, the lake's bucket, and writing what it found."""
