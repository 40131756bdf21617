"""What `collect` loads before its first answer: nothing that only some requests need."""

from __future__ import annotations

import subprocess
import sys


def test_the_library_that_profiles_are_compressed_by_is_loaded_when_one_is_read() -> None:
    """urllib3 would load it for answers that AWS never sends."""
    asked = (
        "import sys, functions.collect.handler, shared.aws.tables.profiles\n"
        "assert 'backports.zstd' not in sys.modules\n"
        "from shared.fold.formats.compression import compressed, decompressed\n"
        "assert decompressed(compressed(b'a profile')) == b'a profile'\n"
    )
    subprocess.run([sys.executable, "-c", asked], check=True, timeout=120)


def test_a_cold_start_loads_nothing_that_acts_on_events() -> None:
    asked = (
        "import sys, functions.collect.handler, functions.collect.protocols.twilio_segment\n"
        "acting = ('shared.workspace.model', 'shared.messaging', 'shared.conditions', 'shared.fold')\n"
        "assert not [name for name in sys.modules if name.startswith(acting)]\n"
    )
    subprocess.run([sys.executable, "-c", asked], check=True, timeout=120)
