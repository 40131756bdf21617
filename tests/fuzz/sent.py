"""A request as it is sent, which can be written to a file and read from it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Api = Literal["http", "rest"]


@dataclass(frozen=True)
class Sent:
    """`name` says where it came from: a file of tests/payloads, or a call of the API's description. `api` is the kind
    of API that it comes through."""

    name: str
    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    api: Api = "rest"

    def but(self, **changed: Any) -> Sent:
        return replace(self, **changed)

    def written(self) -> str:
        """As JSON. A body that is text stays readable; lone surrogates are escaped."""
        fields: dict[str, Any] = {**vars(self), "body": None}
        try:
            fields["body"] = self.body.decode()
        except UnicodeDecodeError:
            fields["base64"] = base64.b64encode(self.body).decode()
        return json.dumps(fields, indent=2)


def read(text: str) -> Sent:
    """What `written` wrote. Raises ValueError."""
    fields = json.loads(text)
    try:
        packed = fields.pop("base64", None)
        body = base64.b64decode(packed) if packed is not None else fields["body"].encode()
        return Sent(**{**fields, "body": body})
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"it is no request that `make fuzz` wrote ({error!r})") from error
