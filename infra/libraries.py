"""The libraries in each stage's AWS package. They are loaded at a cold start, so each stage has only its own.

Names are those of requirements/functions.txt. A test starts every handler with its own libraries and no others.
"""

from __future__ import annotations

from typing import NamedTuple


class Libraries(NamedTuple):
    packages: tuple[str, ...]
    aws_services: tuple[str, ...]
    """Folders of botocore's data. botocore describes four hundred services, and each stage calls a few."""


CORE = (
    "annotated-types",
    "aws-lambda-powertools",
    "botocore",
    "jmespath",
    "orjson",
    "pydantic",
    "pydantic-core",
    "python-dateutil",
    "six",
    "typing-extensions",
    "typing-inspection",
    "urllib3",
)
UUID7 = ("uuid-utils",)
PHONES = ("phonenumberslite",)
ZSTD = ("backports-zstd",)
"""For stages that read or write profiles, or rows for the lake."""
EMAIL = ("email-validator", "idna")
"""Without dnspython, which looks up a domain's mail servers. Nothing here needs that."""
LIQUID = ("babel", "importlib-resources", "markupsafe", "python-liquid", "pytz")

LIBRARIES: dict[str, Libraries] = {
    "collect": Libraries(
        (*CORE, *UUID7, *PHONES, *ZSTD), ("dynamodb", "kinesis", "lambda", "s3", "secretsmanager", "sqs")
    ),
    "process": Libraries((*CORE, *UUID7, *ZSTD), ("dynamodb", "events", "s3", "secretsmanager", "sqs")),
    "send": Libraries(
        (*CORE, *UUID7, *PHONES, *EMAIL, *LIQUID, *ZSTD),
        ("dynamodb", "kinesis", "s3", "secretsmanager", "sesv2", "sns", "sqs"),
    ),
    "tee": Libraries((*CORE, *UUID7), ("dynamodb", "s3", "secretsmanager", "sqs")),
    "archive": Libraries((*CORE, *UUID7, *ZSTD), ("firehose", "s3", "sqs")),
    "sweep": Libraries((*CORE, *UUID7), ("dynamodb", "kinesis")),
    "watch": Libraries((*CORE, *UUID7), ("events", "lambda", "logs", "sqs")),
}
