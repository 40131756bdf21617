"""The page "Your own workspace in ten minutes": its commands, in its order, and what it promises of each."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from cli.checkout import ROOT
from tests.local.shop import PROGRAM, Shop, eventually

pytestmark = [pytest.mark.local, pytest.mark.patience]

PAGE = (ROOT / "docs" / "first-workspace.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines()]
COMMANDS = [shlex.split(line)[1:] for line in LINES if line.startswith("headrace ")]
BEFORE = ["cd", "make", "export"]
"""What the page has typed of a shell's own; `make setup` made what these tests run in."""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(shop: Shop, tmp_path: Path) -> Iterator[Run]:
    """A command in a folder beside which the workspace is made; afterwards the sample workspace is applied again."""

    checkout = tmp_path / "checkout"
    checkout.mkdir()

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAM, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd=checkout,
            stdin=subprocess.DEVNULL,
        )

    yield run
    shop.apply()


def test_the_page_leads_from_nothing_to_a_message_and_a_replay(run: Run, tmp_path: Path) -> None:
    commands = iter(COMMANDS)

    def typed(*verb: str, id_: str = "", fails: bool = False) -> str:
        """The page's next command, which is this one; what it prints."""
        command = [id_ if word == "ID" else word for word in next(commands)]
        assert command[: len(verb)] == list(verb)
        done = run(*command)
        assert done.returncode == int(fails), done.stdout + done.stderr
        return done.stdout

    def listed(*arguments: str) -> list[dict[str, str]]:
        return list(orjson.loads(run(*arguments, "--json").stdout))

    assert [line.split()[0] for line in LINES if not line.startswith("headrace ")] == BEFORE
    assert "headrace apply ../my-shop" in typed("init")
    brought_up = typed("up", "--workspace")
    assert "Its sources: server, web" in brought_up
    assert "Complete Purchase" not in brought_up  # no sample event is sent
    assert "0 errors, 0 warnings" in typed("lint")
    assert "Welcome, Ann" in typed("template", "preview")

    assert "Nothing to change" in typed("apply")
    assert "server" in typed("keys")

    assert "1 accepted" in typed("send")
    [welcome] = eventually(
        lambda: [one for one in listed("messages", "--user", "u1") if one["campaign"] == "welcome"],
        lambda found: [one["status"] for one in found] == ["sent"],
    )
    assert "sent" in typed("messages")
    shown = typed("messages", "show", id_=welcome["id"][:8])
    assert "Welcome, Ann" in shown
    assert "thank you for joining My Shop" in shown
    assert "as it was sent" in shown

    assert "value_not_allowed" in typed("send", fails=True)
    assert "Rate Item" in typed("rejected", "list")
    refused = next(one for one in listed("rejected", "list") if one["name"] == "Rate Item")

    plan = tmp_path / "my-shop" / "plan" / "plan.yaml"
    text = plan.read_text(encoding="utf-8")
    assert "maximum: 5}" in text
    assert "`maximum: 10`" in PAGE
    plan.write_text(text.replace("maximum: 5}", "maximum: 10}"), encoding="utf-8")
    assert "~ event Rate Item changed" in typed("apply")
    assert "replayed" in typed("rejected", "replay", id_=refused["id"])
    eventually(
        lambda: [one["name"] for one in listed("timeline", "u1")],
        lambda names: "Rate Item" in names,
    )
    assert "Rate Item" in typed("timeline")
    assert next(commands, None) is None
