"""Which ports a laptop gets."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from cli.laptop import ports
from cli.laptop.laptop import Laptop
from cli.laptop.ports import NoFreePort, Ports


def test_the_usual_ones_when_they_are_free(tmp_path: Path) -> None:
    assert ports.choose(Laptop(tmp_path), free=lambda _: True) == Ports(gateway=4566, collect=8080)


def test_the_next_free_ones_when_somebody_has_them(tmp_path: Path) -> None:
    taken = {4566, 8080, 8081}

    assert ports.choose(Laptop(tmp_path), free=lambda port: port not in taken) == Ports(
        gateway=4567, collect=8082
    )


def test_those_it_had_before_rather_than_the_usual_ones(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    ports.remember(laptop, Ports(gateway=4570, collect=8090))

    assert ports.choose(laptop, free=lambda _: True) == Ports(gateway=4570, collect=8090)


def test_the_usual_ones_again_when_those_it_had_before_are_taken(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    ports.remember(laptop, Ports(gateway=4570, collect=8090))

    assert ports.choose(laptop, free=lambda port: port not in {4570, 8090}) == Ports(
        gateway=4566, collect=8080
    )


def test_never_one_port_for_both(tmp_path: Path) -> None:
    chosen = ports.choose(Laptop(tmp_path, collect_port=9000, gateway_port=9000), free=lambda _: True)

    assert chosen == Ports(gateway=9000, collect=9001)


def test_an_error_when_everything_near_is_taken(tmp_path: Path) -> None:
    with pytest.raises(NoFreePort, match="4566"):
        ports.choose(Laptop(tmp_path), free=lambda _: False)


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_port_where_somebody_listens_is_not_free(address: str) -> None:
    with socket.create_server((address, 0)) as server:
        assert not ports.is_free(server.getsockname()[1])


def test_a_port_is_free_again_right_after_its_server_stopped() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            server.accept()[0].close()

    assert ports.is_free(port)
