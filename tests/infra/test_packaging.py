"""Packages: what is in them, that it is enough to start, and that the same content makes the same package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from infra import packaging
from infra.libraries import LIBRARIES
from infra.packaging import ROOT, Arm64Packages, SourcePackages, copy_libraries, sources
from infra.settings.file import SettingsError, chosen
from tests.infra.calls import services_of
from tests.infra.test_permissions import HANDLERS, loaded_by_any

MOST_BYTES = 30_000_000
"""Of one package unpacked. Whatever is in it is fetched and read when a function starts."""

ELF_ARM64 = (b"\x7fELF", b"\xb7\x00")
"""The first bytes of a library, and its machine at offset 18: https://refspecs.linuxfoundation.org/elf/gabi4+"""


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own for what is built."""
    monkeypatch.setattr(packaging, "BUILT", tmp_path / "assets")
    return tmp_path / "assets"


@pytest.fixture(scope="module", params=LIBRARIES)
def arm64(request: pytest.FixtureRequest) -> Path:
    """The real package of each stage; its wheels are fetched by pip the first time, and kept."""
    return Arm64Packages().stage(request.param).path


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_package_holds_its_stage_and_what_is_shared_and_no_other_stage(built: Path) -> None:
    path = SourcePackages().stage("archive").path

    assert {part.name for part in path.iterdir()} == {"functions", "shared"}
    assert {part.name for part in (path / "functions").iterdir()} == {"__init__.py", "archive"}
    assert (path / "functions" / "archive" / "handler.py").exists()
    assert not list(path.rglob("__pycache__"))


def test_the_same_code_makes_the_same_package_anywhere(built: Path) -> None:
    once = SourcePackages().stage("archive")
    files = contents(once.path)
    shutil.rmtree(built)
    again = SourcePackages().stage("archive")

    assert again == once
    assert contents(again.path) == files


def test_changed_code_makes_another_package(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = SourcePackages().stage("archive")
    for source in sources("archive"):
        copy = tmp_path / "checkout" / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
    monkeypatch.setattr(packaging, "ROOT", tmp_path / "checkout")
    assert SourcePackages().stage("archive").digest == before.digest

    (tmp_path / "checkout" / "shared" / "records.py").write_text("CHANGED = True\n")

    assert SourcePackages().stage("archive").digest != before.digest


def test_what_is_built_is_not_built_again(built: Path) -> None:
    path = SourcePackages().stage("archive").path
    mark = path / "mark"
    mark.touch()

    SourcePackages().stage("archive")

    assert mark.exists()


def test_libraries_for_aws_are_those_of_arm64_and_python_3_13(arm64: Path) -> None:
    compiled = list(arm64.rglob("*.so"))

    assert compiled
    for library in compiled:
        head = library.read_bytes()[:20]
        assert (head[:4], head[18:20]) == ELF_ARM64, library
        assert "cpython-313-aarch64" in library.name or "abi3" in library.name, library


def test_a_package_for_aws_is_small_and_has_no_bytecode(arm64: Path) -> None:
    assert sum(map(len, contents(arm64).values())) < MOST_BYTES
    assert not list(arm64.rglob("*.pyc"))
    assert not (arm64 / "boto3").exists()


def test_botocore_describes_only_the_services_that_the_stage_calls(arm64: Path) -> None:
    stage = arm64.name.rpartition("-")[0]
    data = arm64 / "botocore" / "data"

    assert {part.name for part in data.iterdir() if part.is_dir()} == set(LIBRARIES[stage].aws_services)
    assert (data / "endpoints.json").exists()


def test_every_file_can_be_read_by_lambda(arm64: Path) -> None:
    paths = list(arm64.rglob("*"))

    assert len(paths) > 100
    for path in paths:
        assert path.stat().st_mode & 0o444 == 0o444, path


@pytest.mark.parametrize("handler", sorted(set(HANDLERS.values())))
def test_a_handler_starts_with_its_own_libraries_and_nothing_else(handler: str, tmp_path: Path) -> None:
    """The same selection from the libraries of this Python, run without any other."""
    stage = handler.split(".")[1]
    copy_libraries(Path(sysconfig.get_path("purelib")), LIBRARIES[stage], tmp_path)
    for source in sources(stage):
        target = tmp_path / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    clients = [f"client({service!r})" for service in services_of(*loaded_by_any(handler))]
    modules = "\n".join(f"import {module}" for module in loaded_by_any(handler))
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        f"from {handler} import lambda_handler\n{modules}\n"
        "from shared.aws.clients import client\n" + "\n".join(clients)
    )

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program],
        env={
            "AWS_DEFAULT_REGION": "eu-west-1",
            "POWERTOOLS_METRICS_NAMESPACE": "Headrace",
            "QUEUE": "email",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",  # what fails before a snapshot fails the deployment
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert clients


@pytest.mark.parametrize(
    ("stage", "program"),
    [
        (
            "collect",
            "from shared.text.phones import e164; assert e164('+44 (0)20 7946 0958') == '+442079460958'",
        ),
        (
            "send",
            "from shared.text.phones import e164; assert e164('+44 (0)20 7946 0958') == '+442079460958'",
        ),
        (
            "send",
            "from shared.text.email_addresses import sendable\n"
            "assert sendable('a@b\u00fccher.de') == 'a@xn--bcher-kva.de'",
        ),
    ],
)
def test_what_is_loaded_only_when_it_is_needed_is_there(stage: str, program: str, tmp_path: Path) -> None:
    copy_libraries(Path(sysconfig.get_path("purelib")), LIBRARIES[stage], tmp_path)
    path = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(ROOT)!r}]; "

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", path + program], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("handler", sorted(set(HANDLERS.values())))
def test_a_stage_has_the_services_that_its_code_calls(handler: str) -> None:
    assert services_of(*loaded_by_any(handler)) <= set(LIBRARIES[handler.split(".")[1]].aws_services)


def test_prod_is_synthesised_without_an_account_and_without_docker(tmp_path: Path) -> None:
    """As `cdk synth -c stage=prod` runs the app, with nothing on the PATH but Python and Node."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "node").symlink_to(str(shutil.which("node")))
    quiet = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}

    done = subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=ROOT,
        env={
            **quiet,
            "PATH": str(tools),
            "CDK_OUTDIR": str(tmp_path / "out"),
            "CDK_CONTEXT_JSON": '{"stage": "prod"}',
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "headrace-prod.template.json").exists()


def test_an_unknown_stage_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="no stage production; there are local, dev, prod"):
        chosen("production")
