"""The real `cdk` command, as package-lock.json pins it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from cli import settings_place
from cli.checkout import ROOT
from cli.problem import Problem

PROGRAM = ROOT / "node_modules" / ".bin" / "cdk"
DEPLOYED = re.compile(r"\S+ \| +(\d+)/(\d+) \|")
"""A line of `--progress events`: how many resources of how many are done."""
QUIET = {
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "true",
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "true",
}


def run_logged(
    arguments: list[str],
    *,
    env: Mapping[str, str],
    log: Path,
    cwd: Path = ROOT,
    advance: Callable[[int, int], None] | None = None,
) -> None:
    """Run it with its output in `log`. Raises Problem, with the end of that output, when it fails.

    `advance` hears how many resources of how many are deployed.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [_program(), *arguments, "--no-notices", "--no-color"],
        cwd=cwd,
        env={**env, **QUIET, **settings_place.environment()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    with process, log.open("w") as written:
        for line in process.stdout or ():
            written.write(line)
            if advance and (counted := DEPLOYED.match(line)):
                advance(int(counted[1]), int(counted[2]))
    if process.returncode:
        end = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise Problem(f"cdk {arguments[0]} failed:\n{end}", f"All of its output: {log}")


def run_attached(arguments: list[str]) -> None:
    """Run it on the user's terminal and in the user's AWS account. Raises Problem when it fails."""
    env = {**os.environ, **QUIET, **settings_place.environment()}
    done = subprocess.run([_program(), *arguments], cwd=ROOT, env=env, check=False)
    if done.returncode:
        raise Problem(f"cdk {arguments[0]} failed (exit code {done.returncode}); see above")


def _program() -> str:
    if not PROGRAM.exists():
        raise Problem("The cdk command is not installed", "Install it: make setup (or: npm ci)")
    return str(PROGRAM)
