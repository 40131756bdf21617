"""AWS clients, made on first use and kept: one per service and process, shared by every adapter.

They come from botocore itself, because importing boto3 costs a cold start more and gives an adapter nothing. All
clients share one session, which loads the data that all services have in common once. Making one opens no connection to
its service. botocore reads credentials and `AWS_ENDPOINT_URL` (so the laptop's emulator too) from the environment; the
region is `AWS_REGION`, else what botocore finds.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, overload

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

from shared.aws.refusals import FAILURES, refuses
from shared.failures import Refused, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_firehose import FirehoseClient
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

CONNECT_SECONDS, READ_SECONDS = 2, 10
"""Well under every function's time-out, so that a slow call fails in time to be retried or reported."""

WITHOUT_OWN_RETRIES = frozenset({"sesv2", "sns"})
"""Calls that reach a person: a retry after a lost answer could send twice, so the caller alone decides."""

USER_AGENT = f"headrace botocore/{botocore.__version__}"
"""A fixed text. botocore would build its own twice per call, which is a fifth of the cost of a small call."""

LONGER_READS = {"lambda": 900, "athena": 60, "firehose": 60}
"""Seconds: an invocation answers when the function is done, the emulator's Firehose when rows are Parquet."""

_clients: dict[str, Any] = {}
_sessions: list[Session] = []
"""At most one."""
_making = threading.Lock()


def config(service: str) -> Config:
    """Without parameter validation: adapters build the parameters themselves, and checking them is 15 % of a
    PutRecords."""
    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=LONGER_READS.get(service, READ_SECONDS),
        retries={"mode": "standard", "total_max_attempts": 1 if service in WITHOUT_OWN_RETRIES else 3},
        parameter_validation=False,
        tcp_keepalive=True,
        user_agent=USER_AGENT,
    )


@overload
def client(service: Literal["athena"]) -> AthenaClient: ...
@overload
def client(service: Literal["cloudformation"]) -> CloudFormationClient: ...
@overload
def client(service: Literal["cloudwatch"]) -> Any: ...
@overload
def client(service: Literal["dynamodb"]) -> DynamoDBClient: ...
@overload
def client(service: Literal["events"]) -> EventBridgeClient: ...
@overload
def client(service: Literal["firehose"]) -> FirehoseClient: ...
@overload
def client(service: Literal["glue"]) -> GlueClient: ...
@overload
def client(service: Literal["kinesis"]) -> KinesisClient: ...
@overload
def client(service: Literal["lambda"]) -> LambdaClient: ...
@overload
def client(service: Literal["logs"]) -> CloudWatchLogsClient: ...
@overload
def client(service: Literal["s3"]) -> S3Client: ...
@overload
def client(service: Literal["secretsmanager"]) -> SecretsManagerClient: ...
@overload
def client(service: Literal["sesv2"]) -> SESV2Client: ...
@overload
def client(service: Literal["sns"]) -> SNSClient: ...
@overload
def client(service: Literal["sqs"]) -> SQSClient: ...
@overload
def client(service: Literal["sts"]) -> Any: ...
def client(service: str) -> Any:
    """The process's client for `service`. Clients may be shared by threads; making them may not, hence the lock."""
    made = _clients.get(service)
    if made is None:
        with _making:
            made = _clients.get(service)
            if made is None:
                # botocore itself knows AWS_DEFAULT_REGION alone; every other tool of AWS's looks at this one first
                region = os.environ.get("AWS_REGION") or None
                made = _session().create_client(service, region_name=region, config=config(service))
                _clients[service] = made
    return made


def _session() -> Session:
    """While the lock is held."""
    if not _sessions:
        _sessions.append(botocore.session.get_session())
    return _sessions[0]


def use(made: dict[str, Any]) -> None:
    """Use these clients, by service, until `forget`: they are answered within the process."""
    with _making:
        _clients.update(made)


def forget() -> None:
    """Forget all clients, so that new ones are made: the environment has changed (another stack, a test's endpoint)."""
    with _making:
        _clients.clear()
        _sessions.clear()


@contextmanager
def unavailable_when_failing() -> Iterator[None]:
    """Turn failures of AWS or the network into `Unavailable`, and refusals of the content into `Refused`. An adapter
    catches the errors that it can answer itself before this does."""
    try:
        yield
    except ClientError as error:
        raise (Refused if refuses(error) else Unavailable)(str(error)) from error
    except FAILURES as error:
        raise Unavailable(str(error)) from error
