"""Why something became a dead letter, as far as it says so itself: a name to choose by, what happened, what to do."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from cli.dead_letters.places import Holds, Place
from shared.aws.queues.dead_letter_queues import DeadLetter
from shared.bus_entries import MessageRequested
from shared.records import DECIDED, decode


class Cause(NamedTuple):
    """`name` is what `--cause` takes. Nothing of a person is in any of them."""

    name: str
    happened: str
    to_do: str

    @property
    def is_to_be_discarded(self) -> bool:
        """Of its own, whatever is mended: it is nothing of ours."""
        return self.to_do.startswith("Discard")


UNREADABLE = Cause(
    "Unreadable",
    "it is nothing that Headrace writes there, or a newer version wrote it",
    "Discard it: whoever may send to this queue may have put it there. If a newer version wrote it, deploy that one, "
    "then retry.",
)
OF_NOBODY_OF_OURS = (
    "the record is none of Headrace's: somebody else put it on the stream, or a newer version",
    "Discard it, and look who may put records there: `kinesis:PutRecord` and `kinesis:PutRecords`, in IAM. "
    "If a newer version wrote it, deploy that one, then retry.",
)

OF_EVENTBRIDGE = {
    "NO_PERMISSIONS": (
        "the target's policy did not let the bus in",
        "Put the policy back (`headrace deploy --revert-drift`, or the queue's owner), then retry.",
    ),
    "NO_RESOURCE": (
        "the target was gone",
        "Deploy what was deleted (`headrace deploy --revert-drift`), then retry.",
    ),
    "THROTTLING": (
        "the target was throttled for a day",
        "Retry; if it happens again, raise the target's limit.",
    ),
    "TIMEOUT": ("the target did not answer for a day", "Look at the target, then retry."),
    "INVALID_PARAMETER": (
        "the target refused the entry",
        "Look at the rule's target and its input transformer, then retry or discard.",
    ),
}
"""https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"""

OF_PROCESS = {
    "UnreadableSlice": (
        "a part of the person's profile could not be read",
        "`headrace logs process` names the part (`slice`). Deploy the version that wrote it, then retry.",
    ),
    "Refused": (
        "DynamoDB or EventBridge refused what it made, three times",
        "`headrace logs process` says which call. Deploy the fix, then retry.",
    ),
    "VersionConflict": ("the person's profile could not be saved, three times", "Retry."),
    "MemoryError": (
        "it needed more memory than `process` has",
        "Raise `process_memory`, deploy, then retry.",
    ),
}
WHAT_FAILED = {
    Holds.MESSAGES: Cause(
        "SendFailed",
        "`send` failed on it three times, or the message log refused it",
        "`headrace logs send` has the error. Deploy the fix, then retry: nothing is sent twice.",
    ),
    Holds.REQUESTS: Cause(
        "NotForwarded",
        "the vendor did not take it in five tries",
        "`headrace tee status` shows the vendor's answers. Retry once it answers.",
    ),
    Holds.ROWS: Cause(
        "NotArchived",
        "`archive` failed on it five times",
        "`headrace logs archive` has the error. Mend it, then retry.",
    ),
    Holds.ENTRIES: Cause(
        "ReaderFailed",
        "the reader of the route's queue failed on it as often as the queue allows",
        "Mend the reader, then retry: it gets the entry again, with the same id.",
    ),
}
REJECTED = Cause(
    "RejectedNotArchived",
    "`archive` could not read rejected events, or Firehose refused them",
    "`headrace logs archive` has the error. Deploy the fix, then retry.",
)
REJECTED_GIVEN_UP = Cause(
    "RejectedGivenUp",
    "`archive` failed on a batch of rejected events until their stream was about to delete them",
    "`headrace logs archive` has the error. Mend it, then retry.",
)


def cause_of(place: Place, letter: DeadLetter) -> Cause:
    """Of a message of a place's queue."""
    if letter.error:
        happened, to_do = OF_EVENTBRIDGE.get(
            letter.error, ("the bus could not deliver it", "Look at the rule and its target, then retry.")
        )
        return Cause(letter.error, happened, to_do)
    said = _object(letter.body)
    if place.holds is Holds.RECORDS:
        return _of_process(said)
    if place.holds is Holds.ENTRIES:
        return WHAT_FAILED[Holds.ENTRIES]
    if said is None or (place.holds is Holds.MESSAGES and not _is_request(said)):
        return UNREADABLE
    if place.holds is Holds.ROWS and "DDBStreamBatchInfo" in said:
        return REJECTED_GIVEN_UP
    if place.holds is Holds.ROWS and "rejected" in said:
        return REJECTED
    return WHAT_FAILED[place.holds]


def cause_of_batch(head: Mapping[str, Any]) -> Cause:
    """Of a batch that was given up, by what Lambda says of it."""
    context, response = (head.get(name) for name in ("requestContext", "responseContext"))
    if not isinstance(context, dict) or not isinstance(condition := context.get("condition"), str):
        return UNREADABLE
    error = response.get("functionError") if isinstance(response, dict) else None
    how = f" (its last answer: {error})" if isinstance(error, str) and error.isalnum() else ""
    return Cause(
        condition if condition.isalnum() else "GivenUp",
        f"`process` failed on the batch until the stream was about to delete it{how}",
        "`headrace doctor` and `headrace logs process` say what fails. Mend it, then retry within 90 days.",
    )


def _of_process(said: dict[str, Any] | None) -> Cause:
    error = (said or {}).get("error")
    if not isinstance(error, str) or not error.isidentifier():
        return UNREADABLE
    if error not in OF_PROCESS and isinstance(said, dict) and "data" in said and not _is_record(said["data"]):
        return Cause(error, *OF_NOBODY_OF_OURS)
    happened, to_do = OF_PROCESS.get(
        error,
        (
            f"`process` raised {error}: a bug, or somebody else's record",
            "`headrace logs process` has its place in the code. Deploy the fix, then retry.",
        ),
    )
    return Cause(error, happened, to_do)


def _is_request(said: Mapping[str, Any]) -> bool:
    try:
        MessageRequested.model_validate(said["detail"])
    except (ValueError, KeyError, TypeError):
        return False
    return True


def _is_record(data: object) -> bool:
    """Whether this version can read it."""
    try:
        record = base64.b64decode(str(data), validate=True)
        decode(orjson.dumps(orjson.loads(record)["record"]) if record.startswith(DECIDED) else record)
    except (ValueError, KeyError, TypeError):
        return False
    return True


def _object(body: str) -> dict[str, Any] | None:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return said if isinstance(said, dict) else None
