"""Rejected events as their sender is told of them: in the words of the format, and with what may have been meant.

Loaded with the first event that is rejected.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from functions.collect.adapter.field_names import Words, in_words
from functions.collect.rejected import misspelt_ids, suggestions
from functions.collect.rejected.rejection import Rejection
from shared.workspace.model import Workspace


def explained(
    rejected: list[Rejection], raw: Sequence[Any], document: object, workspace: Workspace, words: Words
) -> list[Rejection]:
    """`raw` are the request's items by position; some formats name a person beside them, in `document`."""
    rejected = in_words(suggestions.added(rejected, workspace), words)
    return misspelt_ids.added(rejected, raw, document, words)
