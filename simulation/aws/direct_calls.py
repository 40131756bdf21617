"""Calls of services whose requests are JSON, without the HTTP request that botocore would build of each, and without
the events by which its parts tell each other of it: both cost more than the simulated service does. botocore's own
serializers, parsers, errors and rules of retrying stay in place. Of its events two are emitted, by which botocore's
stubs and tests write in between: `before-parameter-build` and `before-call`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from botocore.endpoint import convert_to_response_dict

SERVICES = frozenset({"dynamodb", "kinesis", "sqs", "events", "firehose", "secretsmanager"})
"""Their endpoints do not depend on what is asked, and nothing of a request but its target and its body counts."""

DYNAMODB = "DynamoDB_20120810"
"""Before its operations, in X-Amz-Target."""

SHORT = 60
"""Bytes of an answer that may have no items in it."""

Answering = Callable[..., Any]


class Rules(NamedTuple):
    """What happens around each call: its token is given, a failure is tried again (None: it is not), and the budget of
    retries gets back what a call did not need."""

    give_token: Callable[..., None]
    needs_retry: Callable[..., int | None]
    release: Callable[..., None]


class Asked(NamedTuple):
    """What an account reads of a request."""

    url: str
    headers: dict[str, Any]
    body: Any


class DirectCalls:
    """In place of a client's `_make_api_call`, while `answer` answers."""

    def __init__(self, client: Any, answer: Answering, rules: Rules) -> None:
        self._client, self._answer, self._rules = client, answer, rules
        self._endpoint = client._endpoint
        self._service = client.meta.service_model
        self._name = self._service.service_id.hyphenize()
        self._url = client.meta.endpoint_url
        self._parser = self._endpoint._response_parser_factory.create_parser(self._service.resolved_protocol)
        self._read: dict[tuple[str, bytes], dict[str, Any]] = {}

    def attach(self) -> None:
        self._client._make_api_call = self._call

    def detach(self) -> None:
        """Unless another account is attached since."""
        if vars(self._client).get("_make_api_call") == self._call:
            del self._client._make_api_call

    def _call(self, name: str, params: dict[str, Any]) -> Any:
        """As `botocore.client.BaseClient._make_api_call`."""
        operation = self._service.operation_model(name)
        self._rules.give_token(params=params, model=operation)
        events, context = self._client.meta.events, dict[str, Any]()
        events.emit(
            f"before-parameter-build.{self._name}.{name}", params=params, model=operation, context=context
        )
        request = {**self._written(operation, params), "context": context}
        _, stubbed = events.emit_until_response(
            f"before-call.{self._name}.{name}", model=operation, params=request, context=context
        )
        response, parsed = stubbed or self._sent(request, operation)
        self._rules.release(context=context, http_response=response)
        if response.status_code >= 300:
            raise self._client.exceptions.from_code(parsed.get("Error", {}).get("Code"))(parsed, name)
        return parsed

    def _written(self, operation: Any, params: dict[str, Any]) -> dict[str, Any]:
        """As botocore's serializer writes it. What has no bytes in it is the same JSON as its parameters."""
        if self._service.service_name == "dynamodb":
            with suppress(TypeError):
                headers = {"X-Amz-Target": f"{DYNAMODB}.{operation.name}"}
                return {"headers": headers, "body": json.dumps(params).encode()}
        written: dict[str, Any] = self._client._serializer.serialize_to_request(params, operation)
        return written

    def _sent(self, request: dict[str, Any], operation: Any) -> Any:
        """As `botocore.endpoint.Endpoint._send_request`."""
        attempts = 0
        while True:
            attempts += 1
            request["context"].setdefault("retries", {})["attempt"] = attempts
            answered, error = self._tried(request, operation)
            if error is None and answered[0].status_code < 300:
                break
            retried = self._rules.needs_retry(
                response=answered,
                operation=operation,
                attempts=attempts,
                caught_exception=error,
                request_dict=request,
            )
            if retried is None:
                break
        if error is not None:
            raise error
        answered[1].setdefault("ResponseMetadata", {})["RetryAttempts"] = attempts - 1
        return answered

    def _tried(self, request: dict[str, Any], operation: Any) -> tuple[Any, Exception | None]:
        try:
            response = self._answer(Asked(self._url, request["headers"], request["body"]))
        except Exception as error:  # noqa: BLE001  whatever it is, the rules of retrying look at it
            return None, error
        return (response, self._parsed(response, operation)), None

    def _parsed(self, response: Any, operation: Any) -> dict[str, Any]:
        """As botocore's parser reads it; answers without items once, for most answers to a query are such."""
        place = (operation.name, response.content)
        known = self._read.get(place)
        if known is not None:
            parsed: dict[str, Any] = {name: [] if value == [] else value for name, value in known.items()}
            parsed["ResponseMetadata"] = {"HTTPStatusCode": 200, "HTTPHeaders": {}}
            return parsed
        said = convert_to_response_dict(response, operation)
        parsed = self._parser.parse(said, operation.output_shape)
        if response.status_code >= 300:
            self._endpoint._add_modeled_error_fields(said, parsed, operation, self._parser)
        elif not response.headers and len(response.content) <= SHORT:
            found = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
            if all(isinstance(value, int) or value == [] for value in found.values()):
                self._read[place] = found
        return parsed
