"""One spelling for names that the vendor writes in several: `CT App Version`, `ct_app_version`, `Campaign ID`."""

from __future__ import annotations

from functions.collect.caching import cached_when_short


@cached_when_short(4096)
def bare(name: str) -> str:
    """Lower case, without spaces, underscores and hyphens."""
    return name.lower().replace(" ", "").replace("_", "").replace("-", "")
