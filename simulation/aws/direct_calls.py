"""Calls of services whose requests are JSON, without the HTTP request that botocore would build of each: it costs more
than the simulated service does. botocore's own serializers, parsers, errors and rules of retrying stay in place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from botocore.endpoint import convert_to_response_dict
from botocore.hooks import first_non_none_response

SERVICES = frozenset({"dynamodb", "kinesis", "sqs", "events", "firehose", "secretsmanager"})
"""Their endpoints do not depend on what is asked, and nothing of a request but its target and its body counts."""

Answering = Callable[..., Any]


class Asked(NamedTuple):
    """What an account reads of a request."""

    url: str
    headers: dict[str, Any]
    body: Any


class DirectCalls:
    """In place of the sending half of a client's endpoint, while `answer` answers."""

    def __init__(self, client: Any, answer: Answering) -> None:
        self._client, self._answer = client, answer
        self._endpoint = client._endpoint
        self._resolve_anew = type(client)._resolve_endpoint_ruleset
        service = client.meta.service_model
        self._parser = self._endpoint._response_parser_factory.create_parser(service.resolved_protocol)
        self._name = service.service_id.hyphenize()
        self._resolved: dict[str, tuple[Any, dict[str, Any]]] = {}

    def attach(self) -> None:
        self._replaced = [
            (self._endpoint, "_send_request", self._send),
            (self._client, "_resolve_endpoint_ruleset", self._resolve),
        ]
        for owner, name, ours in self._replaced:
            setattr(owner, name, ours)

    def detach(self) -> None:
        """Unless another account is attached since."""
        for owner, name, ours in self._replaced:
            if vars(owner).get(name) == ours:
                delattr(owner, name)

    def _resolve(self, operation: Any, params: Any, context: dict[str, Any], **_: Any) -> Any:
        """The endpoint as it was found for the first call of the operation, and what was noted of it then."""
        found = self._resolved.get(operation.name)
        if found is None:
            noted = dict(context)
            endpoint = self._resolve_anew(self._client, operation, params, noted)
            found = endpoint, {name: noted[name] for name in ("auth_type", "signing") if name in noted}
            self._resolved[operation.name] = found
        context.update(found[1])
        return found[0]

    def _send(self, request: dict[str, Any], operation: Any) -> Any:
        """As `botocore.endpoint.Endpoint._send_request`."""
        attempts = 0
        while True:
            attempts += 1
            request["context"].setdefault("retries", {})["attempt"] = attempts
            answered, error = self._tried(request, operation)
            if not self._is_retried(attempts, operation, request, answered, error):
                break
        if error is not None:
            raise error
        answered[1].setdefault("ResponseMetadata", {})["RetryAttempts"] = attempts - 1
        return answered

    def _is_retried(
        self, attempts: int, operation: Any, request: dict[str, Any], answered: Any, error: Exception | None
    ) -> bool:
        """As `_needs_retry` of the endpoint, which would give its turn away to other processes each time."""
        answers = self._client.meta.events.emit(
            f"needs-retry.{self._name}.{operation.name}",
            response=answered,
            endpoint=self._endpoint,
            operation=operation,
            attempts=attempts,
            caught_exception=error,
            request_dict=request,
        )
        return first_non_none_response(answers) is not None

    def _tried(self, request: dict[str, Any], operation: Any) -> tuple[Any, Exception | None]:
        try:
            response = self._answer(Asked(request["url"], request["headers"], request["body"]))
        except Exception as error:  # noqa: BLE001  whatever it is, the rules of retrying look at it
            return None, error
        said = convert_to_response_dict(response, operation)
        parsed = self._parser.parse(said, operation.output_shape)
        if response.status_code >= 300:
            self._endpoint._add_modeled_error_fields(said, parsed, operation, self._parser)
        return (response, parsed), None
