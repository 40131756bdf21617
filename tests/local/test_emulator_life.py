"""The emulator keeps what it stores over a clean stop, and is known to be torn after a kill."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

import boto3
import pytest

from cli.laptop import access, life, stored
from cli.laptop.laptop import Laptop
from cli.laptop.pid_lock import holder
from cli.laptop.ports import Ports

pytestmark = pytest.mark.local


def s3(ports: Ports) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=access.gateway_url(ports),
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def buckets(ports: Ports) -> list[str]:
    return [bucket["Name"] for bucket in s3(ports).list_buckets()["Buckets"]]


def kill(laptop: Laptop) -> None:
    process = holder(laptop.lock)
    assert process is not None
    os.kill(process, signal.SIGKILL)
    while holder(laptop.lock):
        time.sleep(0.01)


def test_what_it_stores_survives_a_clean_stop_and_so_do_its_ports(empty_laptop: Laptop) -> None:
    ports = life.start(empty_laptop)
    s3(ports).create_bucket(Bucket="kept")
    s3(ports).put_object(Bucket="kept", Key="a", Body=b"content")

    assert life.stop(empty_laptop)
    assert not stored.is_torn(empty_laptop)

    assert life.start(empty_laptop) == ports
    assert s3(ports).get_object(Bucket="kept", Key="a")["Body"].read() == b"content"


def test_after_a_kill_it_is_torn_and_a_wiped_one_starts_empty(empty_laptop: Laptop) -> None:
    ports = life.start(empty_laptop)
    s3(ports).create_bucket(Bucket="lost")
    kill(empty_laptop)

    assert life.running(empty_laptop) is None
    assert stored.is_torn(empty_laptop)

    stored.wipe(empty_laptop)
    assert buckets(life.start(empty_laptop)) == []


def test_two_run_side_by_side(empty_laptop: Laptop, tmp_path: Path) -> None:
    other = Laptop(tmp_path / "other", empty_laptop.collect_port, empty_laptop.gateway_port)
    ports = life.start(empty_laptop)
    other_ports = life.start(other)
    try:
        s3(ports).create_bucket(Bucket="mine")

        assert buckets(ports) == ["mine"]
        assert buckets(other_ports) == []
    finally:
        life.stop(other)


def test_a_strangers_port_is_left_to_the_stranger(empty_laptop: Laptop) -> None:
    first = life.start(empty_laptop)
    life.stop(empty_laptop)
    with socket.create_server(("127.0.0.1", first.collect)):
        second = life.start(empty_laptop)

        assert second.collect != first.collect
        assert second.gateway == first.gateway


def test_stopping_what_does_not_run_is_no_error(empty_laptop: Laptop) -> None:
    assert not life.stop(empty_laptop)


def test_an_api_that_is_not_deployed_says_come_back_soon(empty_laptop: Laptop) -> None:
    ports = life.start(empty_laptop)
    with socket.create_connection(("127.0.0.1", ports.collect)) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        answer = connection.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 1" in answer.lower()
