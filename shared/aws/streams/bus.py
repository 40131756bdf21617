"""The EventBridge bus: publish entries, and retry the failed ones one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from shared.aws.clients import client
from shared.aws.item_retries import put_all
from shared.aws.runtime import pause as real_pause
from shared.bus_entries import SOURCE, Entry
from shared.failures import Unwritten
from shared.ports.runtime import Pause

MOST_ENTRIES, MOST_BYTES = 10, 256 * 1024 - 8 * 1024
"""Entries and bytes of one PutEvents, less room for the envelopes. AWS documents 1 MB today; 256 KB is its earlier
limit: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html"""


class PublishedEntry(NamedTuple):
    """An entry as it was published. `detail` is its JSON text."""

    source: str
    detail_type: str
    detail: str


class EventBridgeBus:
    """`shared.ports.streams.Bus` over one bus."""

    def __init__(self, name: str, pause: Pause = real_pause) -> None:
        self._name = name
        self._pause = pause

    def publish(self, entries: Sequence[Entry]) -> Unwritten:
        details = [entry.model_dump_json(exclude_defaults=True) for entry in entries]
        return put_all(
            [len(detail.encode()) for detail in details],
            lambda positions: self._put(positions, entries, details),
            most_items=MOST_ENTRIES,
            most_bytes=MOST_BYTES,
            pause=self._pause,
        )

    def publish_again(self, entries: Sequence[PublishedEntry]) -> Unwritten:
        """Publish the entries again, unchanged."""
        return put_all(
            [len(entry.detail.encode()) for entry in entries],
            lambda positions: self._put_entries(positions, entries),
            most_items=MOST_ENTRIES,
            most_bytes=MOST_BYTES,
            pause=self._pause,
        )

    def _put(self, positions: list[int], entries: Sequence[Entry], details: Sequence[str]) -> dict[int, str]:
        return self._put_entries(
            positions,
            {
                position: PublishedEntry(SOURCE, entries[position].detail_type, details[position])
                for position in positions
            },
        )

    def _put_entries(
        self, positions: list[int], entries: Sequence[PublishedEntry] | Mapping[int, PublishedEntry]
    ) -> dict[int, str]:
        answer = client("events").put_events(
            Entries=[
                {
                    "EventBusName": self._name,
                    "Source": entries[position].source,
                    "DetailType": entries[position].detail_type,
                    "Detail": entries[position].detail,
                }
                for position in positions
            ]
        )
        outcomes = zip(positions, answer["Entries"], strict=True)
        return {position: outcome["ErrorCode"] for position, outcome in outcomes if "ErrorCode" in outcome}
