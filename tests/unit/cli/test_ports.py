"""Which ports a laptop gets."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from cli.laptop import ports
from cli.laptop.laptop import Laptop
from cli.laptop.ports import NoFreePort, Ports, PortTaken
from cli.problem import Problem


def test_the_usual_ones_when_they_are_free(tmp_path: Path) -> None:
    assert ports.choose(Laptop(tmp_path), free=lambda _: True) == Ports(gateway=4566, collect=8080)


def test_the_next_free_ones_when_somebody_has_them(tmp_path: Path) -> None:
    taken = {4566, 8080, 8081}

    assert ports.choose(Laptop(tmp_path), free=lambda port: port not in taken) == Ports(
        gateway=4567, collect=8082
    )


def test_those_it_had_before_though_the_usual_ones_are_free(tmp_path: Path) -> None:
    """Clients were told them."""
    laptop = Laptop(tmp_path)
    ports.remember(laptop, Ports(gateway=4570, collect=8090))

    assert ports.choose(laptop, free=lambda _: True) == Ports(gateway=4570, collect=8090)


def test_the_usual_ones_when_those_it_had_before_are_taken(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    ports.remember(laptop, Ports(gateway=4570, collect=8090))

    assert ports.choose(laptop, free=lambda port: port not in {4570, 8090}) == Ports(
        gateway=4566, collect=8080
    )


def test_one_that_somebody_names_comes_before_the_one_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADRACE_HOME", str(tmp_path))
    monkeypatch.setenv("HEADRACE_COLLECT_PORT", "9000")
    laptop = Laptop.of_this_checkout()
    ports.remember(laptop, Ports(gateway=4570, collect=8090))

    assert ports.choose(laptop, free=lambda _: True) == Ports(gateway=4570, collect=9000)
    assert ports.choose(laptop, free=lambda port: port != 9000) == Ports(gateway=4570, collect=8090)


def test_the_one_that_is_wanted_is_taken_or_none_is(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    ports.remember(laptop, Ports(gateway=4566, collect=8090))

    assert ports.choose(laptop, 8085, free=lambda _: True) == Ports(gateway=4566, collect=8085)
    assert ports.choose(laptop, 4566, free=lambda _: True) == Ports(gateway=4567, collect=4566)
    with pytest.raises(PortTaken, match="Port 8085 is taken by server"):
        ports.choose(laptop, 8085, free=lambda port: port != 8085, listener=lambda _: "server")


def test_the_next_ones_when_those_it_had_before_are_taken_too(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    ports.remember(laptop, Ports(gateway=4570, collect=8090))

    assert ports.choose(laptop, free=lambda port: port not in {4566, 8080, 4570, 8090}) == Ports(
        gateway=4567, collect=8081
    )


def test_nothing_is_said_of_the_usual_ports(tmp_path: Path) -> None:
    usual = Ports(gateway=4566, collect=8080)

    assert ports.changes(Laptop(tmp_path), usual, None) == []
    assert ports.changes(Laptop(tmp_path), usual, usual) == []


def test_a_taken_port_is_said_with_who_has_it_and_which_one_is_used(tmp_path: Path) -> None:
    chosen = Ports(gateway=4566, collect=8081)
    takers = {8080: "python3 -m http.server (process 7)"}

    assert ports.changes(Laptop(tmp_path), chosen, None, listener=takers.get) == [
        "Port 8080 is taken by python3 -m http.server (process 7). Events go to http://127.0.0.1:8081, and will after "
        "the next start too."
    ]
    assert ports.changes(Laptop(tmp_path), chosen, chosen) == [], "it is where it was"


def test_an_address_that_changes_is_said_from_what_to_what_and_how_to_go_back(tmp_path: Path) -> None:
    before, chosen = Ports(gateway=4566, collect=8082), Ports(gateway=4566, collect=8080)

    assert ports.changes(
        Laptop(tmp_path),
        chosen,
        before,
        free=lambda port: port != 8082,
        listener=lambda _: "clone (process 7)",
    ) == [
        "Port 8082 is taken by clone (process 7). Events go to http://127.0.0.1:8080 now, no more to "
        "http://127.0.0.1:8082: whatever was given that address needs the new one. To go back, free the port, then: "
        "headrace down && headrace up --collect-port 8082"
    ]
    (unknown,) = ports.changes(
        Laptop(tmp_path), chosen, before, free=lambda port: port != 8082, listener=lambda _: None
    )
    assert unknown.startswith("Port 8082 is taken by another program. ")


def test_an_address_that_somebody_changed_is_said_without_anybody_to_blame(tmp_path: Path) -> None:
    before, chosen = Ports(gateway=4570, collect=8082), Ports(gateway=4566, collect=8080)

    assert ports.changes(Laptop(tmp_path), chosen, before, free=lambda _: True, listener=lambda _: None) == [
        f"{what} http://127.0.0.1:{now} now, no more {at} http://127.0.0.1:{last}: whatever was given that address "
        "needs the new one."
        for what, now, at, last in (
            ("Events go to", 8080, "to", 8082),
            ("AWS's APIs are at", 4566, "at", 4570),
        )
    ]


def test_never_one_port_for_both(tmp_path: Path) -> None:
    chosen = ports.choose(Laptop(tmp_path, collect_port=9000, gateway_port=9000), free=lambda _: True)

    assert chosen == Ports(gateway=9000, collect=9001)


def test_an_error_when_everything_near_is_taken(tmp_path: Path) -> None:
    with pytest.raises(NoFreePort, match="4566"):
        ports.choose(Laptop(tmp_path), free=lambda _: False)


def test_no_port_beyond_the_last_is_tried(tmp_path: Path) -> None:
    with pytest.raises(NoFreePort):
        ports.choose(Laptop(tmp_path, gateway_port=65_535), free=lambda port: port > 65_535)


@pytest.mark.parametrize(("said", "port"), [("9000", 9000), ("65535", 65_535), ("", 8080)])
def test_the_environment_names_another_port(said: str, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADRACE_COLLECT_PORT", said)

    assert Laptop.of_this_checkout().collect_port == port


@pytest.mark.parametrize("said", ["http", "0", "65536", "-1", "80.5", "\u0661"])
def test_what_is_no_port_is_told(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADRACE_COLLECT_PORT", said)

    with pytest.raises(Problem, match="HEADRACE_COLLECT_PORT"):
        Laptop.of_this_checkout()


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


@pytest.mark.parametrize(
    "content",
    [b"", b'{"gateway": 45', b"[]", b"1", b"\xff", b'{"gateway": 1}', b'{"gateway": "a", "collect": 2}'],
)
def test_a_file_that_says_no_ports_counts_as_none(tmp_path: Path, content: bytes) -> None:
    laptop = Laptop(tmp_path)
    laptop.ports.write_bytes(content)

    assert ports.remembered(laptop) is None
    ports.remember(laptop, Ports(gateway=1, collect=2))
    assert ports.remembered(laptop) == Ports(gateway=1, collect=2)
    assert [path.name for path in tmp_path.iterdir()] == ["ports.json"]
