"""What is committed is what the sources give, and it is as small as promised."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from pathlib import Path
from random import Random
from string import ascii_letters

import pytest

from tests.browser.capture import BUILT, ROOT

BUILD = ROOT / "functions" / "collect" / "tag" / "build.mjs"
MOST_BYTES = 4096

FILES = sorted(path.name for path in BUILT.iterdir())


def gzipped(name: str) -> int:
    return len(gzip.compress((BUILT / name).read_bytes(), compresslevel=9))


def test_the_committed_files_are_what_the_sources_give(tmp_path: Path) -> None:
    printed = subprocess.run(
        ["node", str(BUILD), str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    print(printed)

    assert sorted(path.name for path in tmp_path.iterdir()) == FILES
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (BUILT / name).read_bytes(), f"run `make tag`: {name} is old"
        assert name in printed


def test_the_tag_has_at_most_four_kilobytes() -> None:
    assert gzipped("flow.js") <= MOST_BYTES


def test_a_larger_tag_does_not_build(tmp_path: Path) -> None:
    """The limit is the build's, too: a copy of the sources that is over it fails."""
    folder = tmp_path / "functions" / "collect" / "tag"
    folder.parent.mkdir(parents=True)
    subprocess.run(["cp", "-r", str(BUILD.parent), str(folder)], check=True)
    (tmp_path / "package.json").write_text(
        (ROOT / "package.json").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    noise = json.dumps("".join(Random(7).choices(ascii_letters, k=8000)))
    with (folder / "src" / "flow.js").open("a", encoding="utf-8") as source:
        source.write(f"\nwindow.noise = {noise};\n")
    done = subprocess.run(
        ["node", str(folder / "build.mjs")], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 1
    assert "may have 4096 bytes" in done.stderr


@pytest.mark.parametrize("name", FILES)
def test_the_documented_size_is_the_real_one(name: str) -> None:
    text = (ROOT / "docs" / "browser-tag.md").read_text(encoding="utf-8")
    (documented,) = re.findall(rf"^\| `{re.escape(name)}` \|.*\| ([\d,]+) \|$", text, re.MULTILINE)

    assert abs(int(documented.replace(",", "")) - gzipped(name)) <= 16  # zlib's versions differ by some bytes
