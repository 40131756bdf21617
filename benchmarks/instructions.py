"""Instructions instead of seconds: the same on a busy machine, so that a bound can be held.

A program is run under valgrind's callgrind with few and with many rounds; what many took more is what the rounds take,
and starting Python is in neither.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
COLLECTED = re.compile(r"Collected : (\d+)")


def per_round(module: str, *arguments: str, few: int, many: int) -> float:
    """Instructions of one round of `python -m MODULE ARGUMENTS ROUNDS`."""
    return (of(module, *arguments, str(many)) - of(module, *arguments, str(few))) / (many - few)


def of(module: str, *arguments: str) -> int:
    """Instructions of `python -m MODULE ARGUMENTS`, its start included. Raises CalledProcessError when it fails.

    Its modules are compiled before, wherever the machine keeps compiled ones and whether or not it does.
    """
    program = [sys.executable, "-m", module, *arguments]
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        subprocess.run(program, cwd=ROOT, env=env, capture_output=True, check=True)
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", *program],
            cwd=ROOT, env=env, capture_output=True, text=True, check=True,
        )  # fmt: skip
    found = COLLECTED.search(done.stderr)
    assert found is not None, done.stderr
    return int(found[1])
