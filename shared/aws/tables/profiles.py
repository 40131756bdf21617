"""Profiles and pointers in DynamoDB: one compressed item each, written only if the version that was read is still
there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.aws.clients import client, unavailable_when_failing
from shared.aws.dynamodb_requests import batch_get_item, put_item
from shared.aws.refusals import cancellations
from shared.failures import TooLargeToStore, Unavailable, VersionConflict
from shared.fold.formats.envelope import decoded, in_two
from shared.fold.profile import Changes, Pointer, Profile
from shared.people import due

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import PutTypeDef

MOST_KEYS = 100
"""Keys of one BatchGetItem: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""

LARGEST_STATE = 380 * 1024
"""Bytes of a compressed profile. An item holds 400 KB; the parts' budgets keep people far below:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""

READ_ATTEMPTS = 5

CONFLICTS = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


class DynamoProfiles:
    """`shared.ports.people.Profiles` over the profiles table."""

    def __init__(self, table: str) -> None:
        self._table = table

    def load(self, keys: Collection[str]) -> dict[str, Profile | Pointer]:
        wanted = sorted(keys)
        found: dict[str, Profile | Pointer] = {}
        with unavailable_when_failing():
            for start in range(0, len(wanted), MOST_KEYS):
                for item in self._items(wanted[start : start + MOST_KEYS]):
                    found[item["pk"]["S"]] = _read(item)
        return found

    def save(self, changes: Changes, *, at: datetime) -> None:
        puts = [
            *(
                self._put(
                    profile.key, profile.version, _profile_item(profile, at, changes.states.get(profile.key))
                )
                for profile in changes.profiles
            ),
            *(
                self._put(pointer.key, pointer.version, {"target": {"S": pointer.target}})
                for pointer in changes.pointers
            ),
        ]
        try:
            with unavailable_when_failing():
                self._write(puts)
        except Unavailable as failure:
            error = failure.__cause__
            if isinstance(error, ClientError) and _is_conflict(error):
                keys = [*(one.key for one in changes.profiles), *(one.key for one in changes.pointers)]
                raise VersionConflict(
                    "an item was changed since it was read", _changed(error, keys)
                ) from error
            raise

    def _items(self, keys: list[str]) -> list[dict[str, Any]]:
        """Read the items of up to `MOST_KEYS` keys, and ask again for those that DynamoDB leaves unprocessed."""
        asking: dict[str, Any] = {
            self._table: {"Keys": [{"pk": {"S": key}} for key in keys], "ConsistentRead": True}
        }
        items: list[dict[str, Any]] = []
        for _ in range(READ_ATTEMPTS):
            answer = batch_get_item(asking)
            items += answer["Responses"].get(self._table, [])
            asking = dict(answer.get("UnprocessedKeys") or {})
            if not asking:
                return items
        raise Unavailable(f"DynamoDB left {len(asking[self._table]['Keys'])} profiles unread")

    def _put(self, key: str, version: int, attributes: dict[str, Any]) -> PutTypeDef:
        put: PutTypeDef = {
            "TableName": self._table,
            "Item": {"pk": {"S": key}, "version": {"N": str(version + 1)}, **attributes},
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if version:
            put["ConditionExpression"] = "version = :read"
            put["ExpressionAttributeValues"] = {":read": {"N": str(version)}}
        return put

    def _write(self, puts: list[PutTypeDef]) -> None:
        if len(puts) == 1:
            put_item(puts[0])
        elif puts:
            client("dynamodb").transact_write_items(TransactItems=[{"Put": put} for put in puts])


def _profile_item(profile: Profile, at: datetime, state: bytes | None) -> dict[str, Any]:
    """The attributes of the item, without its key. An overdue profile is indexed at `at`, because `sweep` has already
    passed earlier times.

    If `due_at` does not change and has not passed, the profile keeps its place in the index, which costs no index
    write.
    """
    from shared.fold.formats.compression import profile_state

    if state is None:
        state = profile_state(*in_two(profile))
    if len(state) > LARGEST_STATE:
        raise TooLargeToStore(f"a profile takes {len(state)} bytes; {LARGEST_STATE} is the limit")
    item: dict[str, Any] = {"state": {"B": state}}
    if profile.due_at is not None:
        indexed = due.indexed_at(profile.due_at, at)
        item["due_bucket"] = {"S": due.bucket(due.shard_of(profile.key), indexed)}
        item["due_at"] = {"S": due.place(profile.key, indexed)}
    return item


def _read(item: dict[str, Any]) -> Profile | Pointer:
    from shared.fold.formats.compression import (
        decompressed,  # not every function that starts with this reads people
    )

    version = int(item["version"]["N"])
    if "target" in item:
        return Pointer(item["pk"]["S"], item["target"]["S"], version)
    return decoded(item["pk"]["S"], decompressed(bytes(item["state"]["B"])), version)


def _changed(error: ClientError, keys: list[str]) -> list[str]:
    """The keys whose version had changed; not those that another transaction was writing at that moment."""
    if len(keys) == 1:
        return keys if error.response["Error"]["Code"] == "ConditionalCheckFailedException" else []
    reasons = zip(keys, cancellations(error), strict=False)
    return [key for key, reason in reasons if reason == "ConditionalCheckFailed"]


def _is_conflict(error: ClientError) -> bool:
    code = error.response["Error"]["Code"]
    return code in ("ConditionalCheckFailedException", "TransactionConflictException") or not (
        CONFLICTS.isdisjoint(cancellations(error))
    )
