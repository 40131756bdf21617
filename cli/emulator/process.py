"""The emulator's process: every AWS API on one loopback port, and each HTTP or REST API at the root of its own port.

`python -m cli.emulator.process DIRECTORY`, in the environment that `cli.laptop.life` makes. On AWS an API has a host
name of its own; many SDKs can be given nothing but a host and a port, so here it has a port of its own.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.run import worker_serve
from hypercorn.config import Config
from ministack import app

from cli.emulator import corrections, pollers
from cli.emulator.front import Front
from cli.emulator.ledger import Ledger
from cli.emulator.saving import SaveFailed, Saver, load_from
from cli.laptop import ports, stored
from cli.laptop.laptop import Laptop
from cli.laptop.pid_lock import held


def run(laptop: Laptop) -> None:
    """Until SIGTERM or SIGINT. What is stored is marked as whole only when all of it was saved."""
    os.environ.pop(
        "LOG_LEVEL", None
    )  # the emulator has read it; functions would take it for theirs, and say little
    chosen = ports.remembered(laptop)
    if chosen is None:
        raise SystemExit("no ports were chosen: start it with `headrace up`")
    config = Config()
    config.bind = [f"{ports.HOST}:{chosen.gateway}", f"{ports.HOST}:{chosen.collect}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1.0
    config.loglevel = "WARNING"
    with held(laptop.lock):
        sockets = config.create_sockets()  # before anything is touched: a port may have been taken meanwhile
        was_killed = stored.is_torn(laptop)
        load_from(stored.opened(laptop))
        corrections.apply()
        ledger = Ledger(laptop)
        ledger.correct()
        saver = Saver(laptop, was_killed=was_killed, ledger=ledger)
        app._load_persisted_state = saver.restore

        async def serve() -> None:
            stop = asyncio.Event()
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, stop.set)
            front = ASGIWrapper(Front({chosen.collect: "collect"}, saver.status, saver.took))
            saving = asyncio.create_task(saver.keep_saving())

            async def asked_to_stop() -> None:
                await stop.wait()
                await pollers.pause()  # functions at work still need the emulator's APIs

            await worker_serve(front, config, sockets=sockets, shutdown_trigger=asked_to_stop)
            saving.cancel()
            await asyncio.wait([saving])
            await saver.save()

        try:
            asyncio.run(serve())
        except SaveFailed as error:
            raise SystemExit(f"The state was not saved: {error}") from error
        if saver.is_complete:
            stored.closed(laptop)


if __name__ == "__main__":
    run(Laptop(Path(sys.argv[1])))
