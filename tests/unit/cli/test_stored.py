"""What a laptop stores is believed after a clean stop only."""

from __future__ import annotations

from pathlib import Path

from cli.laptop import stored
from cli.laptop.laptop import Laptop


def test_a_new_laptop_is_not_torn(tmp_path: Path) -> None:
    assert not stored.is_torn(Laptop(tmp_path / "new"))


def test_one_that_was_never_closed_is_torn(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    stored.opened(laptop)

    assert stored.is_torn(laptop)


def test_one_that_was_closed_is_whole(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    stored.opened(laptop)
    stored.closed(laptop)

    assert not stored.is_torn(laptop)


def test_one_that_was_opened_again_and_killed_is_torn(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    stored.opened(laptop)
    stored.closed(laptop)
    stored.opened(laptop)

    assert stored.is_torn(laptop)


def test_wiping_leaves_a_laptop_as_new_that_still_knows_its_ports(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    stored.opened(laptop)
    (laptop.objects / "leftover").write_text("of a killed emulator")
    laptop.local_json.write_text("{}")
    laptop.ports.write_text("{}")

    stored.wipe(laptop)

    assert not stored.is_torn(laptop)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ports.json"]
