"""What a snapshot of `collect` has in it: what is slow to make, and nothing that environments must not share."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from functions.collect import bootstrap, handler, protocols, telemetry
from functions.collect.environment import Environment
from shared.aws import clients

ROOT = Path(__file__).parents[3]
NAMES = {name.upper(): "x" for name in Environment.__dataclass_fields__}

BEFORE_A_SNAPSHOT = """
import os, socket, sys, uuid, uuid_utils
drawn = []
for module, name in ((uuid, "uuid4"), (uuid_utils, "uuid7"), (uuid_utils, "uuid4")):
    setattr(module, name, lambda *_, name=name: drawn.append(name))
connected = []
socket.socket.connect = lambda _, address: connected.append(address)
socket.create_connection = lambda address, *_, **__: connected.append(address)
import functions.collect.handler
from functions.collect import bootstrap
from shared.aws import clients
made = [function for function in ("collecting", "resources")
        if getattr(bootstrap, function).cache_info().currsize]
formats = [name for name in sys.modules if name.startswith("functions.collect.protocols.") and name.count(".") == 3]
import json
print(json.dumps({"drawn": drawn, "connected": connected, "made": made, "clients": sorted(clients._clients),
                  "formats": len(formats)}))
"""


def imported(how: str) -> dict[str, Any]:
    environment = {
        "AWS_LAMBDA_INITIALIZATION_TYPE": how,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "POWERTOOLS_SERVICE_NAME": "collect",
        "POWERTOOLS_METRICS_NAMESPACE": "Headrace",
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run(
        [sys.executable, "-c", BEFORE_A_SNAPSHOT], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_snapshot_has_clients_and_formats_and_nothing_that_was_drawn_read_or_connected() -> None:
    assert imported("snap-start") == {
        "drawn": [],
        "connected": [],
        "made": [],
        "clients": ["dynamodb", "kinesis", "s3"],
        "formats": len(protocols.NAMES),
    }


def test_without_a_snapshot_a_start_makes_only_what_its_first_request_needs() -> None:
    found = imported("on-demand")

    assert (found["clients"], found["formats"]) == ([], 0)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in NAMES.items():
        monkeypatch.setenv(name, value)
    made = (bootstrap.collecting, bootstrap.resources)
    for function in made:
        function.cache_clear()
    yield
    for function in made:
        function.cache_clear()


def test_environments_of_one_snapshot_do_not_pause_alike_between_tries(started: None) -> None:
    random.seed(1)
    as_the_snapshot_has_it = random.Random(1).random()

    bootstrap.resources()

    assert random.random() != as_the_snapshot_has_it


def test_the_daily_call_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was to do nothing")

    for module, name in ((bootstrap, "resources"), (telemetry, "report"), (telemetry, "bug")):
        monkeypatch.setattr(module, name, never)

    assert handler.lambda_handler({handler.KEEP_ACTIVE: True}, None) == {handler.KEEP_ACTIVE: True}


class Lambdas:
    """The endpoint that Lambda gives a function with a snapshot, in place of keys in its environment."""

    def __init__(self) -> None:
        self.asked: list[str | None] = []
        self.lasting = timedelta(hours=6)
        lambdas = self

        class Listener(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                lambdas.asked.append(self.headers["Authorization"])
                body = json.dumps(
                    {
                        "AccessKeyId": f"KEY{len(lambdas.asked)}",
                        "SecretAccessKey": "secret",
                        "Token": "token",
                        "Expiration": (datetime.now(UTC) + lambdas.lasting).isoformat(),
                    }
                ).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self._server = HTTPServer(("127.0.0.1", 0), Listener)
        self.url = f"http://127.0.0.1:{self._server.server_port}/credentials"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def lambdas(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lambdas]:
    made = Lambdas()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", made.url)
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "of the snapshot")
    clients.forget()
    yield made
    clients.forget()
    made.stop()


class Kept(Exception):
    """A request that did not leave the machine."""


def test_credentials_that_expired_in_a_snapshot_are_asked_for_anew(
    lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html#snapstart-credentials"""
    lambdas.lasting = timedelta(seconds=-1)  # the snapshot is restored weeks later
    bootstrap.prepare()
    assert lambdas.asked == ["of the snapshot"]

    lambdas.lasting = timedelta(hours=6)
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "of the environment")

    def keep_here(request: Any, **_: object) -> None:
        raise Kept(request.headers["Authorization"].decode())

    kinesis = clients.client("kinesis")
    kinesis.meta.events.register("before-send.kinesis", keep_here)
    with pytest.raises(Kept, match="Credential=KEY2/"):
        kinesis.list_streams()

    assert lambdas.asked == ["of the snapshot", "of the environment"]
