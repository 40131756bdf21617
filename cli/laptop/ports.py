"""The loopback ports of a laptop: the usual ones, else those it had before, else the next that are free."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import asdict, dataclass

from cli.laptop.laptop import LAST_PORT, Laptop
from cli.laptop.listeners import listener
from cli.laptop.private_file import write_privately
from cli.problem import Problem

HOST = "127.0.0.1"
REACH = 200
"""Ports tried from the usual one on before giving up."""

Listener = Callable[[int], str | None]
"""Who has a port."""


@dataclass(frozen=True)
class Ports:
    """`gateway` speaks every AWS API; `collect` is the collect API at the root of a port of its own."""

    gateway: int
    collect: int


class NoFreePort(Problem):
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
    """Raises NoFreePort. Clients that were told another port once find the usual one again."""
    before = remembered(laptop)
    gateway = _first_free(laptop.gateway_port, before.gateway if before else None, free)
    collect = _first_free(
        laptop.collect_port,
        before.collect if before else None,
        lambda port: port != gateway and free(port),
    )
    return Ports(gateway=gateway, collect=collect)


def changes(laptop: Laptop, chosen: Ports, before: Ports | None, listener: Listener = listener) -> list[str]:
    """What people should know of the ports: one that gave way, and to whom; one that is the usual one again."""
    said = []
    for what, usual, now, last in (
        ("events go to", laptop.collect_port, chosen.collect, before and before.collect),
        ("AWS's APIs are at", laptop.gateway_port, chosen.gateway, before and before.gateway),
    ):
        if now != usual:
            taker = "AWS's APIs" if usual == chosen.gateway else listener(usual) or "another program"
            said.append(
                f"Port {usual} is taken by {taker}: {what} port {now}. "
                f"The next start goes back to {usual} if it is free."
            )
        elif last not in (None, now):
            said.append(f"Port {usual} is free again: {what} it, no more to {last}.")
    return said


def remember(laptop: Laptop, ports: Ports) -> None:
    """Keep them for the next start, and for those who look for the running emulator."""
    laptop.directory.mkdir(parents=True, exist_ok=True)
    write_privately(laptop.ports, json.dumps(asdict(ports)).encode())


def remembered(laptop: Laptop) -> Ports | None:
    """The ports of the running emulator, or of the last one. A file that says none, such as half of one, counts as
    none."""
    try:
        said = json.loads(laptop.ports.read_bytes())
        ports = Ports(**said)
    except (FileNotFoundError, ValueError, TypeError):
        return None
    numbers = (ports.gateway, ports.collect)
    return ports if all(type(port) is int and 0 < port <= LAST_PORT for port in numbers) else None


def _first_free(usual: int, before: int | None, free: Callable[[int], bool]) -> int:
    nearby = range(usual + 1, min(usual + REACH, LAST_PORT + 1))
    tried: list[int] = [usual, *([before] if before else []), *nearby]
    for port in tried:
        if free(port):
            return port
    raise NoFreePort(
        f"No free port between {usual} and {usual + REACH}",
        "Name others: HEADRACE_COLLECT_PORT and HEADRACE_GATEWAY_PORT.",
    )
