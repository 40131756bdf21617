"""The loopback ports of a laptop: those it had before, else the usual ones, else the next that are free."""

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


class PortTaken(Problem):
    """Somebody else has the port that was asked for."""


def choose(
    laptop: Laptop,
    wanted: int | None = None,
    free: Callable[[int], bool] = is_free,
    listener: Listener = listener,
) -> Ports:
    """Those of last time, because clients have them; else the usual ones; else the next that are free. `wanted` is
    the collect API's and no other. Raises NoFreePort, PortTaken."""
    before = remembered(laptop)
    if wanted is not None and not free(wanted):
        raise PortTaken(
            f"Port {wanted} is taken by {listener(wanted) or 'another program'}",
            "Stop it, or name another port: headrace up --collect-port 8090",
        )
    gateway = _first_free(
        _in_turn(laptop.gateway_port, before.gateway if before else None, is_named="gateway" in laptop.named),
        lambda port: port != wanted and free(port),
    )
    collect = wanted or _first_free(
        _in_turn(laptop.collect_port, before.collect if before else None, is_named="collect" in laptop.named),
        lambda port: port != gateway and free(port),
    )
    return Ports(gateway=gateway, collect=collect)


def changes(
    laptop: Laptop,
    chosen: Ports,
    before: Ports | None,
    free: Callable[[int], bool] = is_free,
    listener: Listener = listener,
) -> list[str]:
    """What people should know of the ports: an address that is not what it was, from what to what and why; a usual one
    that gave way at the first start."""
    said = []
    for what, usual, now, last, back in (
        (
            "Events go to",
            laptop.collect_port,
            chosen.collect,
            before.collect if before else None,
            "up --collect-port",
        ),
        ("AWS's APIs are at", laptop.gateway_port, chosen.gateway, before.gateway if before else None, None),
    ):
        was = usual if last is None else last
        if was == now:
            continue
        taker = "AWS's APIs" if was == chosen.gateway else listener(was)
        is_taken = bool(taker) or not free(was)
        why = f"Port {was} is taken by {taker or 'another program'}. " if is_taken else ""
        if last is None:
            said.append(f"{why}{what} http://{HOST}:{now}, and will after the next start too.")
            continue
        to = "to" if back else "at"
        undo = f" To go back, free the port, then: headrace down && headrace {back} {was}" if back else ""
        said.append(
            f"{why}{what} http://{HOST}:{now} now, no more {to} http://{HOST}:{last}: whatever was given that address "
            f"needs the new one.{undo if is_taken else ''}"
        )
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


def _in_turn(usual: int, before: int | None, *, is_named: bool) -> list[int]:
    """The ports to try, first things first."""
    kept = [before] if before is not None else []
    nearby = range(usual + 1, min(usual + REACH, LAST_PORT + 1))
    return [usual, *kept, *nearby] if is_named else [*kept, usual, *nearby]


def _first_free(in_turn: list[int], free: Callable[[int], bool]) -> int:
    for port in in_turn:
        if free(port):
            return port
    raise NoFreePort(
        f"No free port between {min(in_turn)} and {max(in_turn)}",
        "Name others: HEADRACE_COLLECT_PORT and HEADRACE_GATEWAY_PORT.",
    )
