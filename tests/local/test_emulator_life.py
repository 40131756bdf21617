"""The emulator keeps what it stores over a clean stop, and over a kill what it had saved by then."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from cli.laptop import access, inspection, life, saves, stored
from cli.laptop.bring_up import run_emulator
from cli.laptop.laptop import Laptop
from cli.laptop.pid_lock import holder
from cli.laptop.ports import Ports
from cli.problem import Problem

pytestmark = pytest.mark.local


def client(service: str, ports: Ports) -> Any:
    make: Any = boto3.client  # of any service, which its stubs do not foresee
    return make(
        service,
        endpoint_url=access.gateway_url(ports),
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def s3(ports: Ports) -> Any:
    return client("s3", ports)


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


def saved(ports: Ports, after: datetime) -> datetime:
    """When it saved, once it did so after that moment."""
    deadline = time.monotonic() + 90
    while True:
        at = (inspection.saves(access.gateway_url(ports)) or {})["saved_at"]
        if at is not None and datetime.fromisoformat(at) >= after:
            return datetime.fromisoformat(at)
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_kill_before_anything_was_saved_loses_all_of_it(
    empty_laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    ports = life.start(empty_laptop)
    s3(ports).create_bucket(Bucket="lost")
    kill(empty_laptop)

    assert life.running(empty_laptop) is None
    assert stored.is_torn(empty_laptop)

    assert buckets(run_emulator(empty_laptop)) == []
    assert "before it could save anything" in capsys.readouterr().out


@pytest.mark.patience
def test_after_a_kill_it_goes_on_from_its_last_save_and_says_what_may_be_missing(
    empty_laptop: Laptop, capsys: pytest.CaptureFixture[str]
) -> None:
    ports = life.start(empty_laptop)
    queues, tables, streams = (client(service, ports) for service in ("sqs", "dynamodb", "kinesis"))
    queue = queues.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
    queues.send_message(QueueUrl=queue, MessageBody="held by somebody who is killed too")
    assert queues.receive_message(QueueUrl=queue)["Messages"]
    tables.create_table(
        TableName="table",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    tables.put_item(TableName="table", Item={"pk": {"S": "a"}, "data": {"B": b"\xff\x00"}})
    streams.create_stream(StreamName="s", ShardCount=1)
    streams.put_record(StreamName="s", Data=b"\xff", PartitionKey="p")
    client("secretsmanager", ports).create_secret(Name="secret", SecretString="kept")
    s3(ports).create_bucket(Bucket="kept")
    s3(ports).put_object(Bucket="kept", Key="before", Body=b"b")
    at = saved(ports, datetime.now(UTC))

    s3(ports).put_object(Bucket="kept", Key="after", Body=b"a")
    s3(ports).create_bucket(Bucket="later")
    tables.put_item(TableName="table", Item={"pk": {"S": "later"}})
    kill(empty_laptop)
    ports = run_emulator(empty_laptop)
    said = " ".join(capsys.readouterr().out.split())

    assert f"its save of {at.astimezone():%Y-%m-%d %H:%M:%S}" in said
    lost = re.search(r"in the last (\d+) s before \d\d:\d\d:\d\d may be missing", said)
    assert lost is not None
    assert int(lost[1]) <= 30
    [item] = client("dynamodb", ports).scan(TableName="table")["Items"]
    assert item == {"pk": {"S": "a"}, "data": {"B": b"\xff\x00"}}
    [message] = client("sqs", ports).receive_message(QueueUrl=queue)["Messages"]
    assert message["Body"] == "held by somebody who is killed too"
    streams = client("kinesis", ports)
    [shard] = streams.list_shards(StreamName="s")["Shards"]
    first = streams.get_shard_iterator(
        StreamName="s", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )
    [record] = streams.get_records(ShardIterator=first["ShardIterator"])["Records"]
    assert record["Data"] == b"\xff"
    assert client("secretsmanager", ports).get_secret_value(SecretId="secret")["SecretString"] == "kept"
    assert buckets(ports) == ["kept"]
    objects = s3(ports).list_objects_v2(Bucket="kept")["Contents"]
    assert [found["Key"] for found in objects] == ["after", "before"]


@pytest.mark.patience
def test_one_that_hangs_is_ended_and_goes_on_from_its_last_save(
    empty_laptop: Laptop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(life, "HANGS_SECONDS", 1.0)
    monkeypatch.setattr(life, "ASKED_SECONDS", 1.0)
    ports = life.start(empty_laptop)
    client("sqs", ports).create_queue(QueueName="kept")
    saved(ports, datetime.now(UTC))
    hanging = holder(empty_laptop.lock)
    assert hanging is not None
    assert run_emulator(empty_laptop) == ports
    assert holder(empty_laptop.lock) == hanging  # as long as it answers, nobody ends it
    os.kill(hanging, signal.SIGSTOP)

    ports = run_emulator(empty_laptop)

    assert holder(empty_laptop.lock) != hanging
    assert len(client("sqs", ports).list_queues()["QueueUrls"]) == 1
    assert "does not answer" in capsys.readouterr().out


@pytest.mark.patience
def test_a_stop_that_takes_too_long_ends_it_and_says_what_is_kept(
    empty_laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(life, "STOP_SECONDS", 1.0)
    ports = life.start(empty_laptop)
    at = saved(ports, datetime.now(UTC))
    hanging = holder(empty_laptop.lock)
    assert hanging is not None
    os.kill(hanging, signal.SIGSTOP)

    with pytest.raises(Problem, match=f"did not stop.*its save of {at.astimezone():%H:%M:%S} is lost"):
        life.stop(empty_laptop)
    assert holder(empty_laptop.lock) is None


@pytest.mark.parametrize(
    "content",
    [b'{"__ministack_format__": 2, "payload": [1]}', b'{"__ministack_format__": 99}'],
)
def test_a_save_that_cannot_be_loaded_stops_the_start_rather_than_be_replaced(
    empty_laptop: Laptop, content: bytes
) -> None:
    ports = life.start(empty_laptop)
    client("sqs", ports).create_queue(QueueName="kept")
    life.stop(empty_laptop)
    folder = saves.begin(empty_laptop)
    saves.add(folder, "sqs.json", content, None)
    saves.finish(empty_laptop, folder, datetime.now(UTC), {})

    with pytest.raises(Problem, match="What was saved cannot be restored") as problem:
        life.start(empty_laptop)
    assert f"mv {empty_laptop.data}" in problem.value.advice
    assert saves.last(empty_laptop) == saves.newest(empty_laptop)


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


@pytest.mark.parametrize("sender", ["hello@bakery.example", "Bakery <hello@xn--bcker-gra.example>"])
def test_it_takes_email_from_any_sender(empty_laptop: Laptop, sender: str) -> None:
    ports = life.start(empty_laptop)
    client("sesv2", ports).send_email(
        FromEmailAddress=sender,
        Destination={"ToAddresses": ["ada@example.com"]},
        Content={"Simple": {"Subject": {"Data": "Hi"}, "Body": {"Text": {"Data": "Hello"}}}},
    )

    [sent] = inspection.emails(access.gateway_url(ports))
    assert sent["Subject"] == "Hi"


def test_stopping_what_does_not_run_is_no_error(empty_laptop: Laptop) -> None:
    assert not life.stop(empty_laptop)


def test_an_api_that_is_not_deployed_says_come_back_soon(empty_laptop: Laptop) -> None:
    ports = life.start(empty_laptop)
    with socket.create_connection(("127.0.0.1", ports.collect)) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        answer = connection.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 1" in answer.lower()
