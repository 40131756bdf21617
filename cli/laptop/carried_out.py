"""What of a deployment the emulator left as it was: it says that it is done, and so does the CDK.

Of its updates that a setting can ask for, one is not carried out: a stream keeps its shards, because records are in
them. (`ministack.services.cloudformation.provisioners`, `_kinesis_stream_update`)
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from shared.aws.streams.stream_states import stream_state

ANEW = "headrace destroy --yes && headrace up"


def left_as_it_was(assembly: Path, stack: str, outputs: Mapping[str, str]) -> list[str]:
    """A sentence for each. `assembly` is what was deployed, `outputs` are the stack's. Raises Unavailable."""
    template = orjson.loads((assembly / f"{stack}.template.json").read_bytes())
    asked = _shards_of(template)
    has = stream_state(outputs["StreamName"]).shards
    if asked is None or asked == has:
        return []
    return [
        f"The emulator did not change the stream's size: it has {has} shards, the settings ask for {asked}. AWS would "
        f"change it. A stack that begins with {asked}, without what is stored: {ANEW}"
    ]


def _shards_of(template: Mapping[str, Any]) -> int | None:
    """None on demand: how many there are is then nobody's to say."""
    [stream] = (one for one in template["Resources"].values() if one["Type"] == "AWS::Kinesis::Stream")
    found = stream["Properties"].get("ShardCount")
    return None if found is None else int(found)
