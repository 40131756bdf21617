"""The emulator's process: every AWS API on one loopback port, and each HTTP API at the root of a port of its own.

`python -m cli.laptop.emulator DIRECTORY`, in the environment that `cli.laptop.life` makes. On AWS an API has a host
name of its own; many SDKs can be given nothing but a host and a port, so here it has a port of its own.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from logging.handlers import BufferingHandler
from pathlib import Path
from typing import Any

from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.run import worker_serve
from hypercorn.config import Config
from ministack.app import app as emulate
from ministack.services import apigateway

from cli.laptop import corrections, pollers, ports, stored
from cli.laptop.laptop import Laptop
from cli.laptop.pid_lock import held

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

CONCURRENT_REQUESTS = 8
"""The emulator starts a process per concurrent request of a function; more than a few are slower, not faster."""


class Front:
    """The ASGI application: what comes to an API's port is sent down the path where the emulator serves that API."""

    def __init__(self, apis: dict[int, str]) -> None:
        self._apis = apis
        self._turn = asyncio.Semaphore(CONCURRENT_REQUESTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        port = (scope.get("server") or (None, None))[1] if scope["type"] == "http" else None
        if port not in self._apis:
            await emulate(scope, receive, send)
            return
        api_id = _api_id(self._apis[port])
        if api_id is None:
            await _answer_not_deployed(send)
            return
        prefix = f"/_aws/execute-api/{api_id}"
        inner = scope | {
            "path": prefix + scope["path"],
            "raw_path": prefix.encode() + scope["raw_path"],
            "headers": [
                *scope["headers"],
                (b"x-forwarded-port", str(port).encode()),
                (b"x-forwarded-proto", b"http"),
            ],
        }
        async with self._turn:
            await emulate(inner, receive, send)


def run(laptop: Laptop) -> None:
    """Until SIGTERM or SIGINT. What is stored is marked as whole only when all of it was saved."""
    chosen = ports.remembered(laptop)
    if chosen is None:
        raise SystemExit("no ports were chosen: start it with `headrace up`")
    config = Config()
    config.bind = [f"{ports.HOST}:{chosen.gateway}", f"{ports.HOST}:{chosen.collect}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1.0
    config.loglevel = "WARNING"
    with held(laptop.lock):
        sockets = config.create_sockets()  # before anything is touched: a port may have been taken meanwhile
        stored.opened(laptop)
        corrections.apply()
        save_errors = BufferingHandler(capacity=1000)  # the emulator only logs what it could not save
        save_errors.setLevel(logging.ERROR)
        logging.getLogger("persistence").addHandler(save_errors)

        async def serve() -> None:
            stop = asyncio.Event()
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, stop.set)
            front = ASGIWrapper(Front({chosen.collect: "collect"}))

            async def asked_to_stop() -> None:
                await stop.wait()
                await pollers.pause()  # functions at work still need the emulator's APIs

            await worker_serve(front, config, sockets=sockets, shutdown_trigger=asked_to_stop)

        asyncio.run(serve())
        if not save_errors.buffer:
            stored.closed(laptop)


def _api_id(name: str) -> str | None:
    """The id of the deployed API of that name. Ids change when a stack is deployed anew, so they are not kept."""
    for api in list(apigateway._apis._data.values()):
        if api.get("name", "").endswith(f"-{name}"):
            return str(api["apiId"])
    return None


async def _answer_not_deployed(send: Send) -> None:
    body = b"This API is not deployed yet.\n"
    headers = [(b"content-length", b"%d" % len(body)), (b"retry-after", b"1")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    run(Laptop(Path(sys.argv[1])))
