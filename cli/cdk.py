"""The real `cdk` command, as package-lock.json pins it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from cli import settings_place
from cli.checkout import ROOT
from cli.output import run_outliving
from cli.problem import Problem

PROGRAM = ROOT / "node_modules" / ".bin" / "cdk"
DEPLOYED = re.compile(r"\S+ \| +(\d+)/(\d+) \|")
"""A line of `--progress events`: how many resources of how many are done."""
QUIET = {"CDK_DISABLE_CLI_TELEMETRY": "true"}
NODE = 22
"""The oldest major version of Node.js that the CDK supports; 20 works, and is past its end of life."""
INSTALL_NODE = "README.md says how to install it."


def run_logged(
    arguments: list[str],
    *,
    env: Mapping[str, str],
    log: Path,
    cwd: Path = ROOT,
    advance: Callable[[int, int], None] | None = None,
) -> None:
    """Run it with its output in `log`. Raises Problem, with the end of that output, when it fails.

    `advance` is called with how many resources of how many are deployed.
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


def run_attached(arguments: list[str], env: Mapping[str, str] | None = None) -> None:
    """Run it on the user's terminal and in the user's AWS account. Raises Problem when it fails.

    `env` is added to the user's environment.
    """
    env = {**os.environ, **QUIET, **settings_place.environment(), **(env or {})}
    done = run_outliving([_program(), *arguments], cwd=ROOT, env=env)
    if done:
        raise Problem(f"cdk {arguments[0]} failed (exit code {done}); see above")


def outdated_node() -> str | None:
    """What to say of the Node.js that the CDK runs on, when it is older than the CDK supports. Raises Problem."""
    try:
        said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise Problem("The cdk command needs Node.js, and there is none on the PATH", INSTALL_NODE) from error
    major = said.strip().removeprefix("v").partition(".")[0]
    if not major.isdigit() or int(major) >= NODE:
        return None
    return f"Node.js {major} is past its end of life; the CDK asks for {NODE} or newer. {INSTALL_NODE}"


def _program() -> str:
    if not PROGRAM.exists():
        raise Problem("The cdk command is not installed", "Install it: make setup (or: npm ci)")
    return str(PROGRAM)
