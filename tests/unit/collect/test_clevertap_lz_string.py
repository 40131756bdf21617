"""LZ-String, against the package that others decode it with, and against the SDK's own compressor."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import lzstring  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.collect.protocols.clevertap.web.lz_string import ALPHABET, Broken, TooLong, decompressed

SDK = Path(__file__).parents[3] / "node_modules" / "clevertap-web-sdk" / "clevertap.js"

UNITS = st.characters(codec="utf-8", max_codepoint=0xFFFF)
TEXTS = st.one_of(
    st.text(UNITS, max_size=300),
    st.text("ab", max_size=2000),
    st.recursive(st.text(max_size=20), lambda inner: st.dictionaries(st.text(max_size=9), inner)).map(
        json.dumps
    ),
)
LONGEST = 100_000


def compressed(text: str) -> str:
    return str(lzstring.LZString().compressToBase64(text))


def by_the_sdk(texts: list[str]) -> list[str]:
    """With the functions of the SDK's own file, which it does not export."""
    node = shutil.which("node")
    assert node is not None
    source = SDK.read_text()
    functions = [
        re.search(rf"^  const {name} = .*?^  }};", source, re.DOTALL | re.MULTILINE)
        for name in ("compress", "compressToBase64")
    ]
    assert all(functions)
    script = "\n".join([f"const _keyStr = '{ALPHABET}=';", *(found[0] for found in functions if found)])
    script += "\nconst texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
    script += "\nconsole.log(JSON.stringify(texts.map(compressToBase64)));"
    done = subprocess.run(
        [node, "-e", script], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    packed: list[str] = json.loads(done.stdout)
    return packed


@given(TEXTS)
def test_what_was_compressed_is_read_again(text: str) -> None:
    assert decompressed(compressed(text), LONGEST) == text


def test_what_the_sdk_compresses_is_read() -> None:
    texts = ["", "a", '{"evtName":"Kessel geprüft","n":[1,1,1,1]}', "пр 茶 🫖🫖", "x" * 5000, "\ud83e alone"]
    assert [decompressed(packed, LONGEST) for packed in by_the_sdk(texts)] == texts


@given(st.text(ALPHABET + "=", max_size=400))
def test_any_base64_is_text_or_broken(packed: str) -> None:
    try:
        text = decompressed(packed, 1000)
    except (Broken, TooLong):
        return
    assert len(text) <= 1000


@given(TEXTS.filter(bool), st.data())
def test_what_ends_too_early_is_broken(text: str, data: st.DataObject) -> None:
    packed = compressed(text).rstrip("=")
    cut = packed[: data.draw(st.integers(0, max(0, len(packed) - 4)))]
    with pytest.raises(Broken):
        decompressed(cut, LONGEST)


def test_a_small_text_that_says_a_huge_one_is_not_unpacked() -> None:
    bomb = compressed("a" * 2_000_000)
    assert len(bomb) < 6_000
    with pytest.raises(TooLong):
        decompressed(bomb, LONGEST)


@pytest.mark.parametrize("packed", ["%", "ä", "a b", "-_"])
def test_what_is_no_base64_is_broken(packed: str) -> None:
    with pytest.raises(Broken):
        decompressed(packed, LONGEST)
