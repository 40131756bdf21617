"""`headrace simulate`: what is printed where, and the exit codes."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from benchmarks.shop_month import month
from cli.commands.simulate import app
from cli.problem import Problem
from cli.simulating.reading import plan_of
from simulation.lane.replaying import Delivery
from simulation.lane.run import simulate

ROOT = Path(__file__).resolve().parents[3]
SHOP = str(ROOT / "examples" / "shop")
HISTORY = str(ROOT / "examples" / "shop" / "history.ndjson")
PAGE = (ROOT / "docs" / "simulating.md").read_text(encoding="utf-8")
T = "2026-11-02T09:00:00Z"

OPTIONS: tuple[tuple[str, ...], ...] = (
    ("--deliveries", "3"),
    ("--cut", "1"),
    ("--cut", "100"),
    ("--sweep-late", "3600"),
    ("--no-sweep-until", "2026-12-24T00:00:00Z"),
    ("--deliveries", "2", "--cut", "7", "--sweep-late", "90", "--seed", "0"),
)


def simulated(*arguments: str, lines: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, [SHOP, *arguments], input=lines)


def test_the_page_shows_what_the_example_prints() -> None:
    (shown,) = re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    result = simulated(HISTORY)
    assert (result.exit_code, result.stdout) == (0, shown)


def test_an_event_that_the_plan_rejects_is_named_beside_the_output() -> None:
    result = simulated(HISTORY, "--json")
    assert result.exit_code == 0
    assert "line 9: unknown_event: the tracking plan has no event Complete Purchse" in result.stderr
    assert len(orjson.loads(result.stdout)) == 11


def test_json_is_a_list_of_objects_with_the_same_keys_in_the_same_order() -> None:
    entries: list[dict[str, Any]] = json.loads(simulated(HISTORY, "--json").stdout)
    keys = ["at", "person", "kind", "id", "reason", "channel", "variant", "event"]
    assert {tuple(entry) for entry in entries} == {tuple(keys)}
    assert entries == sorted(entries, key=lambda entry: entry["at"])


def test_an_empty_history_is_an_empty_list() -> None:
    assert simulated("-", "--json", lines="").stdout == "[]\n"
    assert simulated("-", lines="").stdout.startswith("0 messages sent, 0 dropped, 0 events")


def test_standard_input_is_read_for_a_dash() -> None:
    assert (
        simulated("-", "--json", lines=Path(HISTORY).read_bytes()).stdout
        == simulated(HISTORY, "--json").stdout
    )


@pytest.mark.parametrize("options", OPTIONS)
def test_a_month_of_a_shop_prints_the_same_bytes_however_it_is_delivered(options: tuple[str, ...]) -> None:
    lines = b"".join(orjson.dumps(line) + b"\n" for line in month(160, 12))
    plainly = simulated("-", "--json", lines=lines)
    assert "message_sent" in plainly.stdout
    assert "message_dropped" in plainly.stdout
    assert simulated("-", "--json", *options, lines=lines).stdout_bytes == plainly.stdout_bytes


def test_the_bytes_depend_on_no_hash_seed() -> None:
    script = "from cli.main import app; app()"
    printed = {
        subprocess.run(
            [sys.executable, "-c", script, "simulate", SHOP, HISTORY, "--json"],
            capture_output=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


def test_what_is_no_entry_is_said_after_the_entries_where_both_go_to_one_place() -> None:
    printed = subprocess.run(
        [sys.executable, "-c", "from cli.main import app; app()", "simulate", SHOP, HISTORY, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
        cwd=ROOT,
    ).stdout.decode()
    assert printed.startswith("[\n")
    assert "}\n]\n1 event rejected, as collect or process would reject it:\n" in printed


def test_feedback_that_nothing_follows_from_is_named_and_what_is_known_is_not() -> None:
    def line(name: str) -> str:
        return f'{{"received_at": "{T}", "type": "system", "event": "{name}", "userId": "u1"}}\n'

    unheard = simulated("-", lines=line("Push Token Invalid") + line("Unsubscribed") + line("Registration"))

    assert unheard.exit_code == 0
    assert "1 system event that nothing follows from" in unheard.stderr
    assert "\n  line 2: Unsubscribed\n" in unheard.stderr
    assert "system event" not in simulated("-", lines=line("Push Token Invalid")).stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1: is not JSON"),
        ("[]", "line 1: must be a JSON object"),
        ('{"type": "track"}', "line 1, received_at: is missing"),
        (f'{{"received_at": "{T}", "type": "buy"}}', "line 1, type: must be one of"),
        (f'{{"received_at": "{T}", "type": "page", "source": "us"}}', "line 1, source: the workspace has no source us"),
        (f'{{"received_at": "{T}", "pause": "shop"}}', "line 1, pause: the workspace has no campaign shop"),
        (f'{{"received_at": "{T}", "resume": "shop"}}', "line 1, resume: the workspace has no campaign shop"),
        (f'{{"received_at": "{T}", "pause": "welcom"}}', "no campaign welcom; did you mean welcome?"),
        (f'{{"received_at": "{T}", "type": "page", "source": "brwser"}}', "source brwser; did you mean browser?"),
        (f'{{"received_at": "{T}", "apply": "nowhere"}}', "line 1, apply: There is no folder nowhere"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_a_wrong_argument(line: str, said: str) -> None:
    result = simulated("-", lines=f"{line}\n")
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--until", "tomorrow"),
        ("--until", "7d"),
        ("--until", "2200-01-01"),
        ("--cut", "0"),
        ("--deliveries", "0"),
        ("--sweep-late", "-1"),
    ],
)
def test_options_that_mean_nothing_are_wrong_arguments(arguments: tuple[str, ...]) -> None:
    assert simulated(HISTORY, *arguments).exit_code == 2


def test_a_history_that_is_not_there_is_a_wrong_argument() -> None:
    assert simulated("nowhere.ndjson").exit_code == 2


def test_a_folder_that_cannot_be_applied_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "workspace.yaml").write_text("nmae: shop\n", encoding="utf-8")
    result = CliRunner().invoke(app, [str(tmp_path), HISTORY])
    assert isinstance(result.exception, Problem)


def test_a_workspace_that_the_history_applies_is_compiled() -> None:
    lines = f'{{"received_at": "{T}", "apply": "{SHOP}"}}\n'
    assert simulated("-", lines=lines).exit_code == 0


def test_lines_after_the_end_are_counted_beside_the_output() -> None:
    result = simulated(HISTORY, "--until", "2026-11-02T09:01:00Z")
    assert "7 lines left out: after the end of the simulation" in result.stderr
    assert result.stdout.endswith("1 message sent, 0 dropped, 2 events of Headrace's own\n")


def test_the_functions_log_is_back_afterwards() -> None:
    simulated(HISTORY)
    assert logging.getLogger("anything").isEnabledFor(logging.CRITICAL)


def test_whoever_watches_sees_how_far_it_is_and_standard_output_has_entries_alone() -> None:
    lines = Path(HISTORY).read_bytes()
    seen: list[tuple[int, int]] = []
    plan = plan_of(Path(SHOP), HISTORY, until=None, seed=0)
    simulate(plan, Delivery(cut=1), lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, len(plan.steps))
    assert seen[-1][1] > len(plan.steps)  # feedback, too, is delivered again
    assert "Simulating" not in simulated("-", lines=lines).output


PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20)
VALUES = st.recursive(
    PLAIN | st.sampled_from(("u1", T, "identify")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
TYPES = st.sampled_from(("track", "identify", "alias", "system"))
NAMES = (
    "event", "userId", "anonymousId", "previousId", "messageId", "properties", "traits", "context", "timestamp",
)  # fmt: skip


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.fixed_dictionaries(
            {"received_at": st.sampled_from((T, "2026-11-02T10:00:00Z")), "type": TYPES},
            optional=dict.fromkeys(NAMES, VALUES),
        ),
        max_size=4,
    )
)  # fmt: skip
def test_whatever_lines_say_they_are_simulated_or_named(lines: list[dict[str, Any]]) -> None:
    written = b"".join(orjson.dumps(line) + b"\n" for line in lines)
    result = simulated("-", "--json", lines=written)
    assert result.exit_code in (0, 2), result.output
    if result.exit_code == 0:
        assert isinstance(orjson.loads(result.stdout), list)
        assert "put aside" not in result.stderr
    else:
        assert re.search(r"line \d+(, \w+)?: ", result.stderr)


def test_a_folder_that_is_not_there_is_as_wrong_an_argument_as_a_file_that_is_not(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")

    assert CliRunner().invoke(app, [gone, HISTORY]).exit_code == 2
    assert CliRunner().invoke(app, [SHOP, gone]).exit_code == 2
