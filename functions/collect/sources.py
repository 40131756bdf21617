"""Whose credentials a request shows: the sources of one workspace, by what their clients know."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from shared.workspace import Source, Workspace
from shared.write_keys import key_hash

_digest = lru_cache(maxsize=1024)(key_hash)


class Sources:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def of(self, shown: Iterable[object]) -> Source | None:
        """The source that one of the credentials belongs to, the first that does. What is no text belongs to none.

        A credential is a write key, or whatever a source's `accepts` lists: keys, account ids, `key:secret` pairs.
        """
        for credential in shown:
            if credential.__class__ is str:
                source = self._workspace.source_by_key_hash.get(_digest(credential))
                if source is not None:
                    return source
        return None
