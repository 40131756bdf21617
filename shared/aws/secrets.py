"""The stack's one secret, a JSON object in Secrets Manager."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from botocore.exceptions import BotoCoreError, ClientError

from shared.aws.clients import client
from shared.ports import Unavailable


class StackSecret:
    """`shared.ports.Secrets` over the secret of that ARN."""

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def read(self) -> dict[str, object]:
        """Raises Unavailable, or ValueError (without the text) when the secret is not a JSON object."""
        try:
            text = client("secretsmanager").get_secret_value(SecretId=self._arn)["SecretString"]
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"cannot read the secret: {error}") from error
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
        try:
            client("secretsmanager").put_secret_value(
                SecretId=self._arn, SecretString=orjson.dumps(merged, option=orjson.OPT_SORT_KEYS).decode()
            )
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"cannot write the secret: {error}") from error
