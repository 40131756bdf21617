"""Rejected events as the answer lists them: in the words of the format, and with what may have been meant.

Loaded with the first event that is rejected.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from functions.collect.adapter.field_names import Words, in_words
from functions.collect.adapter.rejection import Rejection
from functions.collect.suggestions import misspelt_ids, plan_names
from shared.workspace.collecting import CollectingWorkspace


def explained(
    rejected: list[Rejection],
    raw: Sequence[Any],
    document: object,
    workspace: CollectingWorkspace,
    words: Words,
) -> list[Rejection]:
    """`raw` are the request's items by position; some formats name a person beside them, in `document`."""
    rejected = in_words(plan_names.added(rejected, workspace), words)
    return misspelt_ids.added(rejected, raw, document, words)
