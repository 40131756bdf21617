"""The loopback ports of a laptop: those it had before, else the first free ones from the usual numbers on."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import chain

from cli.laptop.laptop import Laptop

HOST = "127.0.0.1"
REACH = 200
"""Ports tried from the wished one on before giving up."""


@dataclass(frozen=True)
class Ports:
    """`gateway` speaks every AWS API; `collect` is the collect API at the root of a port of its own."""

    gateway: int
    collect: int


class NoFreePort(Exception):
    """Nothing free near the port that was wished for."""


def is_free(port: int) -> bool:
    """Whether nobody listens there, on the loopback or on all addresses."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((HOST, port)) == 0:
            return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose(laptop: Laptop, free: Callable[[int], bool] = is_free) -> Ports:
    """Raises NoFreePort."""
    before = remembered(laptop)
    gateway = _first_free(before.gateway if before else laptop.gateway_port, laptop.gateway_port, free)
    collect = _first_free(
        before.collect if before else laptop.collect_port,
        laptop.collect_port,
        lambda port: port != gateway and free(port),
    )
    return Ports(gateway=gateway, collect=collect)


def remember(laptop: Laptop, ports: Ports) -> None:
    """Keep them for the next start, and for those who look for the running emulator."""
    laptop.directory.mkdir(parents=True, exist_ok=True)
    laptop.ports.write_text(json.dumps(asdict(ports)))


def remembered(laptop: Laptop) -> Ports | None:
    """The ports of the running emulator, or of the last one."""
    try:
        return Ports(**json.loads(laptop.ports.read_text()))
    except FileNotFoundError:
        return None


def _first_free(before: int, wished: int, free: Callable[[int], bool]) -> int:
    for port in chain([before], range(wished, wished + REACH)):
        if free(port):
            return port
    raise NoFreePort(f"no free port between {wished} and {wished + REACH}")
