"""The real `cdk` command, as package-lock.json pins it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from cli.checkout import ROOT
from cli.problem import Problem

PROGRAM = ROOT / "node_modules" / ".bin" / "cdk"
QUIET = {
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "true",
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "true",
}


def run_logged(arguments: list[str], *, env: Mapping[str, str], log: Path, cwd: Path = ROOT) -> None:
    """Run it with its output in `log`. Raises Problem, with the end of that output, when it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        done = subprocess.run(
            [_program(), *arguments, "--no-notices", "--no-color"],
            cwd=cwd,
            env={**env, **QUIET},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        end = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise Problem(f"cdk {arguments[0]} failed:\n{end}", f"All of its output: {log}")


def run_attached(arguments: list[str]) -> None:
    """Run it on the user's terminal and in the user's AWS account. Raises Problem when it fails."""
    done = subprocess.run([_program(), *arguments], cwd=ROOT, env={**os.environ, **QUIET}, check=False)
    if done.returncode:
        raise Problem(f"cdk {arguments[0]} failed (exit code {done.returncode}); see above")


def _program() -> str:
    if not PROGRAM.exists():
        raise Problem("The cdk command is not installed", "Install it: make setup (or: npm ci)")
    return str(PROGRAM)
