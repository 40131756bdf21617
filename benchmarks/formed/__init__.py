"""Loads as production forms their batches: requests at a rate, through `collect`, the stream, `process`, `archive`."""
