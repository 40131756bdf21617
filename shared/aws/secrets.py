"""The stack's one secret, a JSON object in Secrets Manager."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from shared.aws.clients import client, unavailable_when_failing


class StackSecret:
    """`shared.ports.Secrets` over the secret of that ARN."""

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def read(self) -> dict[str, object]:
        """Raises Unavailable, or ValueError (without the text) when the secret is not a JSON object."""
        with unavailable_when_failing():
            text = client("secretsmanager").get_secret_value(SecretId=self._arn)["SecretString"]
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise ValueError(f"the secret {self._arn} is not JSON") from None
        if not isinstance(value, dict):
            raise ValueError(f"the secret {self._arn} is not a JSON object")
        return value

    def write(self, value: Mapping[str, object]) -> None:
        """Replace the top-level keys given; the others are kept, since operators may have put them there."""
        merged = {**self.read(), **value}
        with unavailable_when_failing():
            client("secretsmanager").put_secret_value(
                SecretId=self._arn, SecretString=orjson.dumps(merged, option=orjson.OPT_SORT_KEYS).decode()
            )
