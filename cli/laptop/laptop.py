"""One laptop target: a directory that holds all of it, and the ports it would like to have."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cli.checkout import ROOT
from cli.problem import Problem

REGION = "us-east-1"
ACCOUNT = "000000000000"
LAST_PORT = 65_535


@dataclass(frozen=True)
class Laptop:
    """Two laptops with different directories run side by side. The ports are where it starts first: it keeps those that
    it got, unless others are `named`, and they give way when they are taken."""

    directory: Path
    collect_port: int = 8080
    gateway_port: int = 4566
    named: frozenset[str] = frozenset()
    """`collect`, `gateway`: whose port somebody named, so that it comes before the one of last time."""

    @classmethod
    def of_this_checkout(cls) -> Laptop:
        """In `.headrace/`, unless HEADRACE_HOME, HEADRACE_COLLECT_PORT and HEADRACE_GATEWAY_PORT say otherwise.

        Raises Problem.
        """
        named = {one for one in ("collect", "gateway") if os.environ.get(f"HEADRACE_{one.upper()}_PORT")}
        return cls(
            directory=Path(os.environ.get("HEADRACE_HOME") or ROOT / ".headrace").resolve(),
            collect_port=_port("HEADRACE_COLLECT_PORT", cls.collect_port),
            gateway_port=_port("HEADRACE_GATEWAY_PORT", cls.gateway_port),
            named=frozenset(named),
        )

    @property
    def data(self) -> Path:
        """Everything that must survive or perish together: the emulator's state, and what we deployed to it."""
        return self.directory / "data"

    @property
    def state(self) -> Path:
        """The emulator's own folder: keys that its services make once."""
        return self.data / "services"

    @property
    def saves(self) -> Path:
        """The state of its services as it was every few seconds, see `cli.laptop.saves`."""
        return self.data / "saves"

    @property
    def objects(self) -> Path:
        """The objects of its S3."""
        return self.data / "objects"

    @property
    def scratch(self) -> Path:
        """Temporary files of the emulator and of its function workers; emptied when it stops."""
        return self.directory / "tmp"

    @property
    def lock(self) -> Path:
        """Held by the emulator while it runs, with its process id inside."""
        return self.directory / "emulator.pid"

    @property
    def ports(self) -> Path:
        """The ports it runs on, or ran on last."""
        return self.directory / "ports.json"

    @property
    def ledger(self) -> Path:
        """What functions said for the ledger, by day. It is of use where what is stored is lost."""
        return self.directory / "ledger"

    @property
    def log(self) -> Path:
        """What the emulator wrote."""
        return self.directory / "emulator.log"

    @property
    def local_json(self) -> Path:
        """For people's scripts and for tests: where the stack is, and its keys."""
        return self.directory / "local.json"

    @property
    def applied(self) -> Path:
        """The workspace that was applied last, and the stack's secret."""
        return self.directory / "applied.json"


def _port(variable: str, usual: int) -> int:
    """Raises Problem."""
    said = os.environ.get(variable) or str(usual)
    if not (said.isascii() and said.isdigit() and 0 < int(said) <= LAST_PORT):
        raise Problem(
            f"{variable} is {said!r}, which is no port", f"It is a number up to {LAST_PORT}, such as 8080."
        )
    return int(said)
