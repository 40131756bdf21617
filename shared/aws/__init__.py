"""The only place that talks to AWS: one adapter per port. Nothing else imports boto3 or botocore.

urllib3, which botocore sends requests with, loads zstd when it is imported, if the library is there, for answers that
are compressed by it. AWS sends none, and most functions need none: it is told that there is none, which spares a cold
start seven million instructions.
"""

from __future__ import annotations

import importlib
import sys

ZSTD, ASKS_FOR_IT = "backports.zstd", "urllib3.response"

if ZSTD not in sys.modules and ASKS_FOR_IT not in sys.modules:
    sys.modules[ZSTD] = None  # type: ignore[assignment]  # what makes an import fail: docs.python.org, sys.modules
    try:
        importlib.import_module(ASKS_FOR_IT)
    finally:
        del sys.modules[ZSTD]
