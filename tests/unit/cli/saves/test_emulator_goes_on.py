"""Saves that are made while the emulator goes on, deploys or is stopped."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from ministack.services import cloudformation

from cli.emulator import saving
from cli.emulator.saving import Saver
from cli.laptop import saves
from cli.laptop.laptop import Laptop
from tests.unit.cli.saves.states import content


def test_a_stop_in_the_middle_of_a_save_waits_for_it_and_makes_another(laptop: Laptop) -> None:
    at = ["first"]
    writing: list[int] = []

    def slowly() -> str:
        time.sleep(0.4)
        return at[0]

    async def stop() -> Saver:
        saver = Saver(laptop, lambda: {"s3": slowly, "sqs": slowly})
        fork = saver._fork

        def noted() -> tuple[int, int]:
            assert not any(is_running(process) for process in writing)
            reader, process = fork()
            writing.append(process)
            return reader, process

        saver._fork = noted  # type: ignore[method-assign]
        running = asyncio.create_task(saver.save())
        await asyncio.sleep(0.2)
        running.cancel()
        await asyncio.wait([running])
        at[0] = "second"
        await saver.save()
        return saver

    saver = asyncio.run(stop())

    assert len(writing) == 2
    assert saver.is_complete
    assert {json.loads(text)["payload"] for text in content(saves.newest(laptop)).values()} == {"second"}
    assert [folder.name for folder in sorted(laptop.saves.iterdir())] == ["0000000001", "0000000002"]


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_while_it_deploys_nothing_is_saved_but_not_for_ever(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    saver = Saver(laptop, dict)
    status = {"StackStatus": "UPDATE_IN_PROGRESS"}
    monkeypatch.setitem(cloudformation._stacks._data, ("0", "r", "a"), status)
    monkeypatch.setattr(saving, "DEPLOYMENT_LONGEST", 0.2)

    assert saver._waits_for_a_deployment()
    time.sleep(0.3)
    assert not saver._waits_for_a_deployment()
    for harmless in ("UPDATE_COMPLETE", "REVIEW_IN_PROGRESS"):
        status["StackStatus"] = harmless
        assert not saver._waits_for_a_deployment()
    status["StackStatus"] = "CREATE_IN_PROGRESS"
    assert saver._waits_for_a_deployment()


def test_it_saves_again_and_again_whatever_one_try_does(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.lock.touch()
    monkeypatch.setattr(saving, "APART", 0.05)
    monkeypatch.setattr(saving, "ALIVE_APART", 0.01)
    tries: list[bool] = []

    def states() -> dict[str, Callable[[], Any]]:
        if len(tries) == 1:
            raise OSError("no space left on device")
        return {"sqs": lambda: len(tries)}

    saver = Saver(laptop, states)
    once = saver.save

    async def counted() -> None:
        tries.append(True)
        await once()

    monkeypatch.setattr(saver, "save", counted)

    async def for_a_while() -> None:
        keeping = asyncio.create_task(saver.keep_saving())
        while saver.last is None and not keeping.done():
            await asyncio.sleep(0.01)
        keeping.cancel()

    asyncio.run(asyncio.wait_for(for_a_while(), 20))
    assert len(tries) >= 2
    assert saver.last is not None
