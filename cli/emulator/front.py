"""What comes to an API's own port is sent down the path where the emulator serves that API."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from ministack.app import app as emulate
from ministack.services import apigateway, apigateway_v1

from cli.emulator.gateways import asked_path, has_too_large_headers, headers_too_large

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

CONCURRENT_REQUESTS = 8
"""The emulator starts a process per concurrent request of a function; more than a few are slower, not faster."""


class Api(NamedTuple):
    """`root` is the path of its root on the emulator."""

    root: str
    is_rest: bool


SAVES = "/_headrace/saves"
"""On the port of the AWS APIs: when the state was saved last, and why it was not."""


class Front:
    """The ASGI application. `apis` are the ends of APIs' names, by port; `saves` says how the state was saved; `took`
    is called for each request that was answered as accepted."""

    def __init__(
        self,
        apis: dict[int, str],
        saves: Callable[[], dict[str, Any]] = dict,
        took: Callable[[], None] = lambda: None,
    ) -> None:
        self._apis = apis
        self._saves = saves
        self._took = took
        self._turn = asyncio.Semaphore(CONCURRENT_REQUESTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        port = (scope.get("server") or (None, None))[1] if scope["type"] == "http" else None
        if port not in self._apis:
            if scope.get("path") == SAVES:
                said = json.dumps(self._saves()).encode()
                await _answer(send, 200, {"content-type": "application/json"}, said)
                return
            await emulate(scope, receive, send)
            return
        api = deployed(self._apis[port])
        if api is None:
            await _answer(send, 503, {"retry-after": "1"}, b"This API is not deployed yet.\n")
            return
        path, query = scope["raw_path"], scope["query_string"]
        target = path + (b"?" + query if query else b"")
        if has_too_large_headers(scope["method"], target, scope["headers"], is_rest=api.is_rest):
            await _answer(send, *headers_too_large())
            return
        inner = scope | {
            "path": api.root + scope["path"],
            "raw_path": api.root.encode() + path,
            "headers": [
                *scope["headers"],
                (b"x-forwarded-port", str(port).encode()),
                (b"x-forwarded-proto", b"http"),
            ],
        }

        async def counting(message: dict[str, Any]) -> None:
            is_accepted = message["type"] == "http.response.start" and 200 <= message["status"] < 300
            if is_accepted and scope["method"] != "OPTIONS":
                self._took()
            await send(message)

        async with self._turn:
            token = asked_path.set(path.decode("latin-1"))
            try:
                await emulate(inner, receive, counting)
            finally:
                asked_path.reset(token)


def deployed(name: str) -> Api | None:
    """The API whose name ends so. Ids change when a stack is deployed anew, so they are not kept."""
    for api in list(apigateway._apis._data.values()):
        if api.get("name", "").endswith(f"-{name}"):
            return Api(f"/_aws/execute-api/{api['apiId']}", is_rest=False)
    for api in list(apigateway_v1._rest_apis._data.values()):
        if api.get("name", "").endswith(f"-{name}"):
            for stage in list(apigateway_v1.stages_for_api(api["id"])):
                return Api(f"/_aws/execute-api/{api['id']}/{stage}", is_rest=True)
    return None


async def _answer(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    given = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    given.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": given})
    await send({"type": "http.response.body", "body": body})
