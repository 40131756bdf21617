"""What the stack tells the function: names of its own things, each in a variable of its own name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import orjson


@dataclass(frozen=True)
class Environment:
    """`consumers`: from which services (`sqs`, `kinesis`, `dynamodb`) each function takes its work. The others are
    URLs of queues; those of the bus are work queues and dead letters that its rules send to."""

    bus_name: str
    consumers: Mapping[str, tuple[str, ...]]
    dead_letter_queues: tuple[str, ...]
    queues_of_the_bus: tuple[str, ...]
    of_the_ledger: Mapping[str, str]
    """Functions whose logs say which records were put on the stream, and what became of them, by their stages."""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Self:
        return cls(
            bus_name=values["BUS_NAME"],
            consumers={name: tuple(services) for name, services in orjson.loads(values["CONSUMERS"]).items()},
            dead_letter_queues=tuple(values["DEAD_LETTER_QUEUES"].split()),
            queues_of_the_bus=tuple(values["QUEUES_OF_THE_BUS"].split()),
            of_the_ledger=orjson.loads(values["OF_THE_LEDGER"]),
        )
