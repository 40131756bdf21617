"""Translate an AWS provider's failure: the message was surely not sent, it never can be, or the outcome is unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
)

from shared.messaging.messages import Why
from shared.messaging.providers import (
    OutcomeUnknown,
    ProviderClosed,
    ProviderRefused,
    ProviderThrottled,
    ProviderUnavailable,
)

THROTTLED = frozenset({"LimitExceeded", "RequestLimitExceeded", "Throttled", "Throttling", "TooManyRequests"})
"""Error codes, without `Exception`, for too many calls at once or in a day."""

CLOSED = frozenset(
    {
        # paused by the account's owner, or by AWS; a domain whose records are gone
        "AccountSuspended", "MailFromDomainNotVerified", "SendingPaused",
        # an application or configuration set that was removed
        "NotFound",
        # our own permissions or credentials: the message is not at fault
        "AccessDenied", "AuthorizationError", "ExpiredToken", "InvalidClientTokenId", "PlatformApplicationDisabled",
        "SignatureDoesNotMatch", "UnrecognizedClient",
    }
)  # fmt: skip
"""Error codes, without `Exception`, for problems of the account, not of the message. The same call works once they are
fixed. The same is true of every error with status 401 or 403."""

NO_CREDENTIALS = (NoCredentialsError, CredentialRetrievalError)
NEVER_LEFT = (ConnectTimeoutError, EndpointConnectionError)


@contextmanager
def translated(refusals: Mapping[str, Why]) -> Iterator[None]:
    """Raise the provider's failure as one of Headrace's own. `refusals` maps error codes to reasons; other codes are
    PROVIDER_REFUSED.

    Of errors of the server's, only 503 says that the request was not taken. InternalFailure (500) is "an unknown error,
    exception, or failure" while it was processed: the message may have left.
    https://docs.aws.amazon.com/ses/latest/APIReference-V2/CommonErrors.html
    """
    try:
        yield
    except ClientError as error:
        code = code_of(error)
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in THROTTLED or status == HTTPStatus.TOO_MANY_REQUESTS:
            raise ProviderThrottled(code) from error
        if code in CLOSED or status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise ProviderClosed(code) from error
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            raise ProviderUnavailable(code) from error
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise OutcomeUnknown(code) from error
        said = error.response["Error"].get("Message")
        raise ProviderRefused(
            refusals.get(code, Why.PROVIDER_REFUSED), f"{code}: {said}" if said else code
        ) from error
    except NO_CREDENTIALS as error:
        raise ProviderClosed(type(error).__name__) from error
    except NEVER_LEFT as error:
        raise ProviderUnavailable(type(error).__name__) from error
    except BotoCoreError as error:
        raise OutcomeUnknown(type(error).__name__) from error


def code_of(error: ClientError) -> str:
    """The error code without `Exception` at its end: SNS and SES differ in that."""
    return error.response["Error"].get("Code", "").removesuffix("Exception")
