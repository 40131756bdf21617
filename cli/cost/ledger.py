"""What the ledger adds to the functions' log lines, in bytes. It has no table and makes no call.

A test holds the figures to what is written of sequence numbers as AWS's documentation shows them.
"""

from __future__ import annotations

FIRST_PUT, FURTHER_PUT = 46, 18
"""Of a request's first record in the line of `collect`, and of each further one of the same shard."""

BATCH, RECORD = 76, 18
"""Of a batch in the line of `process`, with one source, and of each of its records."""


def log_bytes(*, requests: float, records: float, batches: float) -> float:
    """`records` are those of the requests."""
    put = requests * FIRST_PUT + max(0.0, records - requests) * FURTHER_PUT
    return put + batches * BATCH + records * RECORD
