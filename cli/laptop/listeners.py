"""Who listens on a port of this machine: so that a taken one can be shown with a name."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
LISTENS = "0A"
"""The kernel's word for it in `/proc/net/tcp`."""
LONGEST = 70
"""Characters of a command line that are shown."""
SECONDS = 5


def listener(port: int, proc: Path = PROC) -> str | None:
    """`python3 -m http.server (process 123)`; None when nobody does, or when it is not ours to know."""
    if (proc / "net" / "tcp").exists():
        process = _owner({f"socket:[{number}]" for number in _listening(port, proc)}, proc)
        return f"{_command(process)} (process {process.name})" if process else None
    return _of_lsof(port)


def _listening(port: int, proc: Path) -> Iterator[str]:
    """The kernel's numbers of the sockets that listen there."""
    for table in ("tcp", "tcp6"):
        file = proc / "net" / table
        for line in file.read_text().splitlines()[1:] if file.exists() else ():
            fields = line.split()
            if fields[3] == LISTENS and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]


def _owner(sockets: set[str], proc: Path) -> Path | None:
    """The directory of a process that has one of them open."""
    for process in proc.glob("[0-9]*") if sockets else ():
        try:
            if any(str(link.readlink()) in sockets for link in (process / "fd").iterdir()):
                return process
        except OSError:  # it ended meanwhile, or is another user's
            continue
    return None


def _command(process: Path) -> str:
    """Its command line, the program without its folder."""
    try:
        words = (process / "cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
    except OSError:
        return "a program"
    shown = " ".join([Path(words[0]).name, *words[1:]])
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def _of_lsof(port: int) -> str | None:
    """Where there is no /proc: macOS has lsof, which answers `p<process>` and `c<command>` in lines."""
    if shutil.which("lsof") is None:
        return None
    asked = ["lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=SECONDS, check=False).stdout
    except subprocess.TimeoutExpired:
        return None
    found = {line[0]: line[1:] for line in reversed(answer.splitlines()) if line}
    return f"{found.get('c', 'a program')} (process {found['p']})" if "p" in found else None
