import hashlib
import re
import secrets

from hypothesis import given
from hypothesis import strategies as st

from shared.workspace.write_keys import key_hash, new_signing_secret, new_write_key


def test_a_key_is_the_same_for_the_same_randomness() -> None:
    assert new_write_key(lambda size: b"\xff" * size) == "hr_" + "_" * 32


def test_keys_differ() -> None:
    assert len({new_write_key(secrets.token_bytes) for _ in range(100)}) == 100


@given(st.binary(min_size=24, max_size=24))
def test_a_key_needs_no_escaping_anywhere(random: bytes) -> None:
    assert re.fullmatch(r"hr_[A-Za-z0-9_-]{32}", new_write_key(lambda _: random))


def test_a_signing_secret_has_256_bits() -> None:
    assert len(bytes.fromhex(new_signing_secret(secrets.token_bytes))) == 32


def test_the_hash_is_plain_sha256() -> None:
    assert key_hash("hr_x") == hashlib.sha256(b"hr_x").hexdigest()


@given(st.text(alphabet=st.characters(), max_size=40))
def test_any_text_a_client_may_send_as_key_has_a_hash(text: str) -> None:
    assert len(key_hash(text)) == 64


def test_a_lone_surrogate_has_a_hash() -> None:
    assert len(key_hash("\ud800")) == 64
