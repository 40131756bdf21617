"""Code of another revision runs beside this one, each with modules of its own, and is updated and rolled back."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from shared.fold.profile import Profile as ThisProfile
from simulation.campaign.faults import kinds
from simulation.campaign.faults.plan import Plan, draw, with_deployments
from simulation.campaign.history import drawing
from simulation.campaign.revisions import NoSuchRevision, folder_of
from simulation.campaign.running import run
from simulation.campaign.seeds import run_seed
from simulation.older_code import OlderCode, load
from simulation.world import World
from tests.unit.simulation import shop

ROOT = Path(__file__).parents[3]

SMALL = {
    "simulation/functions/stages.py": "from functions import late\nfrom simulation.functions import invocation\n",
    "simulation/functions/outside.py": "",
    "simulation/topology.json": "{}",
    "functions/__init__.py": "",
    "functions/late.py": (
        "import orjson\n"
        "def at_once():\n    import shared.names as names\n    return names.NAME\n"
        "def by_name():\n    from importlib import import_module\n    return import_module('shared.names').NAME\n"
        "def package():\n    import shared.names\n    return shared.names.NAME\n"
        "def missing():\n    from shared import plan\n"
    ),
    "shared/__init__.py": "",
    "shared/names.py": "NAME = 'older'\n",
    "shared/aws/__init__.py": "",
    "shared/aws/clients.py": "",
}

MARKED = """

_this_handle = handle


def handle(event, resources):
    answer = _this_handle(event, resources)
    return {**answer, "headers": {**answer["headers"], "x-older": "yes"}}
"""


@pytest.fixture
def small(tmp_path: Path) -> OlderCode:
    for name, text in SMALL.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return load(tmp_path)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> OlderCode:
    """This revision, but that `collect` says of each answer that it is older."""
    root = tmp_path_factory.mktemp("older")
    for part in ("functions", "shared", "simulation"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    with (root / "functions" / "collect" / "handler.py").open("a") as file:
        file.write(MARKED)
    return load(root)


@pytest.mark.parametrize("imports", ["at_once", "by_name", "package"])
def test_what_older_code_imports_by_a_plain_name_is_its_own_also_while_it_runs(
    small: OlderCode, imports: str
) -> None:
    assert getattr(small.stages.late, imports)() == "older"


def test_older_code_does_not_fall_back_on_this_revision_and_shares_packages_and_the_simulation(
    small: OlderCode,
) -> None:
    with pytest.raises(ImportError):
        small.stages.late.missing()
    assert small.stages.late.orjson is sys.modules["orjson"]
    assert small.stages.invocation is sys.modules["simulation.functions.invocation"]


def test_code_from_before_there_was_a_simulation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportError, match="no simulation"):
        load(tmp_path)


def test_this_revision_is_loaded_once_more_and_stays_apart() -> None:
    older = load(ROOT)
    assert older is load(ROOT)
    profile = sys.modules[f"{older.name}.shared.fold.profile"].Profile
    assert profile is not ThisProfile
    assert profile.__module__ == f"{older.name}.shared.fold.profile"


def test_invocations_go_to_older_code_until_it_is_updated_to_both_meanwhile_and_back(
    marked: OlderCode,
) -> None:
    with World(shop.workspace(), seed=2, before=marked) as world:

        def older_of(count: int) -> int:
            answers = [shop.send(world, [shop.known("u1")]) for _ in range(count)]
            assert {answer.status for answer in answers} == {200}
            return sum("x-older" in answer.headers for answer in answers)

        assert older_of(3) == 3
        world.deploy(0.5)
        assert 0 < older_of(30) < 30
        world.deploy(0.0)
        assert older_of(3) == 0
        world.deploy(1.0)
        assert older_of(3) == 3
        assert world.drain(timedelta(hours=2))


def test_a_plan_with_deployments_has_the_same_other_faults_and_some_are_rolled_back() -> None:
    found: set[tuple[str, ...]] = set()
    for seed in range(30):
        history = drawing.draw(seed)
        plan = draw(history)
        updated = with_deployments(plan, history)
        assert updated == with_deployments(plan, history)
        deployed = [moment for moment in updated.moments if moment.kind in kinds.DEPLOYMENTS]
        assert [one for one in updated.moments if one not in deployed] == list(plan.moments)
        assert all(one.at + one.lasts <= after.at for one, after in itertools.pairwise(deployed))
        found.add(tuple(moment.kind for moment in deployed))
    update, back = kinds.UPDATE, kinds.ROLLBACK
    assert found == {(update,), (update, back), (update, back, update)}


@pytest.mark.parametrize("seed", [4, 11, 20])
def test_every_promise_is_kept_while_the_stack_is_updated(seed: int) -> None:
    assert run_seed(seed, before=ROOT).findings == ()


@pytest.mark.filterwarnings("ignore:No application metrics")
def test_a_bug_of_the_code_from_before_is_found(tmp_path: Path) -> None:
    """So the older code does run, and the oracle looks at what it did."""
    for part in ("functions", "shared", "simulation"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "functions" / "process" / "handler.py").open("a") as file:
        file.write("\n\ndef handle(event, stage):\n    return {'batchItemFailures': []}\n")
    history = drawing.draw(11)
    calm = Plan(history.seed, history.end)
    found = run(history, with_deployments(calm, history), before=load(tmp_path)).findings
    assert "nothing is lost" in {finding.promise for finding in found}


def test_a_revision_of_git_is_written_to_a_folder_outside_of_the_tree() -> None:
    known = subprocess.run(["git", "rev-parse", "HEAD~1"], cwd=ROOT, capture_output=True, check=False)
    if known.returncode:
        pytest.skip("a checkout without history has no revision before this one")
    folder = folder_of("HEAD~1")
    assert ROOT not in folder.parents
    assert (folder / "functions" / "process" / "handler.py").is_file()
    assert folder_of("HEAD~1") == folder
    assert run_seed(4, before=folder).findings == ()


def test_a_revision_that_is_not_there_is_refused() -> None:
    with pytest.raises(NoSuchRevision, match=r"(?i)needed a single revision|not a git repository"):
        folder_of("no-such-revision")
