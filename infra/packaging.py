"""Package the functions' code without Docker. The same content always gives the same bytes.

A package holds `functions/<stage>`, `shared` and, for AWS, the stage's libraries as arm64 wheels of Python 3.13. It is
built under `.headrace/assets/` in a folder named for the hash of everything that goes into it, so that the next synth
finds it there.
"""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from infra.libraries import LIBRARIES, Libraries

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / ".headrace" / "assets"
LOCK = ROOT / "requirements" / "functions.txt"

PYTHON = "3.13"
PLATFORMS = ("manylinux2014_aarch64", "manylinux_2_17_aarch64", "manylinux_2_28_aarch64")
"""The wheels that Amazon Linux 2023 on arm64, the base of Lambda's Python 3.13, can load (glibc 2.34)."""

BOTOCORE_DATA = ("endpoints.json", "partitions.json", "sdk-default-configuration.json", "_retry.json")
"""Files that botocore reads in addition to the services' own."""

NOT_RUN = ("tag/src", "tag/gtm", "tag/build.mjs", "openapi.py")
"""Files in a stage's folder that its package does not need."""

LAYOUT = 1
"""Raise it if the same content must be packed differently."""


class Package(NamedTuple):
    path: Path
    digest: str


class Packages(Protocol):
    def stage(self, name: str) -> Package:
        """The package of the functions in `functions/<name>`."""

    def custom_resources(self) -> Package:
        """The package of `infra/custom_resources`; Lambda's own boto3 is enough for it."""


class SourcePackages:
    """Packages with only Headrace's code: for the emulator, whose Python has the libraries, and for tests of the
    template."""

    def stage(self, name: str) -> Package:
        return _built(name, sources(name), b"", lambda _: None)

    def custom_resources(self) -> Package:
        return _custom_resources()


class Arm64Packages:
    """Packages with code and libraries, for Lambda on arm64."""

    def stage(self, name: str) -> Package:
        libraries = LIBRARIES[name]
        described = repr((LOCK.read_bytes(), libraries, PYTHON, PLATFORMS)).encode()
        return _built(
            name, sources(name), described, lambda folder: copy_libraries(wheels(), libraries, folder)
        )

    def custom_resources(self) -> Package:
        return _custom_resources()


def sources(stage: str) -> list[Path]:
    return [ROOT / "functions" / "__init__.py", *_files(ROOT / "functions" / stage), *_files(ROOT / "shared")]


def wheels() -> Path:
    """Every library of the lock, unpacked; pip checks each wheel against its hash."""
    digest = hashlib.sha256(repr((LOCK.read_bytes(), PYTHON, PLATFORMS)).encode()).hexdigest()[:16]
    return _once(BUILT / f"wheels-{digest}", _install)


def _install(folder: Path) -> None:
    platforms = [argument for platform in PLATFORMS for argument in ("--platform", platform)]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += [
        "--require-hashes",
        "--only-binary=:all:",
        "--implementation",
        "cp",
        "--python-version",
        PYTHON,
    ]
    command += [*platforms, "--no-compile", "--target", str(folder), "--requirement", str(LOCK)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"pip could not fetch the functions' libraries for arm64:\n{done.stderr}")


def copy_libraries(installed: Path, libraries: Libraries, folder: Path) -> None:
    """Copy the files of the libraries, as their wheels list them, without those that no function reads."""
    for package in libraries.packages:
        for name in _recorded(installed, package):
            if _needed(name, libraries.aws_services):
                _copy(installed / name, folder / name)


def _recorded(installed: Path, package: str) -> Iterator[str]:
    stem = re.sub(r"[-_.]+", "_", package).lower()
    found = [path for path in installed.glob("*.dist-info") if path.name.lower().startswith(f"{stem}-")]
    if len(found) != 1:
        raise LookupError(f"{package} is not installed in {installed}")
    with (found[0] / "RECORD").open(newline="") as record:
        for row in csv.reader(record):
            yield row[0]


def _needed(name: str, aws_services: Iterable[str]) -> bool:
    path = Path(name)
    if name.startswith("..") or "__pycache__" in path.parts or path.suffix in {".pyi", ".pyc", ".c", ".h"}:
        return False
    if path.parts[0].endswith(".dist-info"):
        return path.name == "METADATA"  # for whoever asks for a version
    if "tests" in path.parts:
        return False
    if path.parts[:2] == ("botocore", "data"):
        return path.parts[2] in (*BOTOCORE_DATA, *aws_services)
    if path.parts[:2] == ("babel", "locale-data"):
        return path.stem == "root" or path.stem.split("_")[0] == "en"  # templates ask for no other locale
    return True


def _custom_resources() -> Package:
    files = [ROOT / "infra" / "__init__.py", *_files(ROOT / "infra" / "custom_resources")]
    return _built("custom-resources", files, b"", lambda _: None)


def _built(name: str, files: list[Path], described: bytes, add: Callable[[Path], None]) -> Package:
    digest = hashlib.sha256(described + bytes([LAYOUT]))
    for file in files:
        digest.update(
            str(file.relative_to(ROOT)).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest()
        )

    def fill(folder: Path) -> None:
        add(folder)
        for file in files:
            _copy(file, folder / file.relative_to(ROOT))

    text = digest.hexdigest()
    return Package(_once(BUILT / f"{name}-{text[:16]}", fill), text)


def _once(folder: Path, fill: Callable[[Path], None]) -> Path:
    """The folder; it is filled if it does not exist. It never exists half-filled."""
    if not folder.exists():
        BUILT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=BUILT, prefix="building-") as temporary:
            filled = Path(temporary) / "package"
            filled.mkdir()
            fill(filled)
            try:
                filled.rename(folder)
            except OSError:  # somebody else built the same at the same time
                if not folder.exists():
                    raise
    return folder


def _files(folder: Path) -> list[Path]:
    """The files that run. Of the browser tag, only its build."""
    return sorted(
        file
        for file in folder.rglob("*")
        if file.is_file()
        and "__pycache__" not in file.parts
        and file.suffix != ".pyc"
        and not any(file.is_relative_to(folder / left_out) for left_out in NOT_RUN)
    )


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)  # Lambda's user must be able to read it, whatever the umask here
