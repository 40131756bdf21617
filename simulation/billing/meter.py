"""What AWS would bill of the calls that an account answers, by whoever makes them.

It looks at each call and at what it changed, and decides nothing. A call that AWS refuses by itself, a throttled one
for instance, is not billed; one whose condition does not hold is.
"""

from __future__ import annotations

from base64 import b64decode
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from simulation.aws.account import Account
from simulation.aws.calls import Answer, AwsError, Call
from simulation.aws.dynamodb.table import Key, Table
from simulation.aws.dynamodb.values import Item
from simulation.aws.dynamodb.writes import CONDITION_FAILED
from simulation.billing import units

CANCELED = "TransactionCanceledException"
WRITES = {"PutItem": "Put", "UpdateItem": "Update", "DeleteItem": "Delete"}
READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan"})
IN_TRANSACTION = 2
"""As many units as the same write alone: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-capacity-handling"""


class Billed(NamedTuple):
    """`by` is the function that called; empty for whoever is none. `unit` is what is counted: `calls`, `write_units`,
    `read_units`, `bus_units`, `records` (put on a stream), `record_bytes`, `record_kb` (each record rounded up),
    `put_units`, `queue_requests`, `delivery_bytes`; and `detail_bytes`, which have no price, of what is put on a bus.
    `of` is the operation, the table (`TABLE/INDEX` for an index's writes), the stream or the queue."""

    by: str
    unit: str
    of: str


class Writing(NamedTuple):
    """An item that a call is about to write, and as it is before. `times` is 2 in a transaction."""

    table: Table
    key: Key
    before: Item | None
    times: int


class Meter:
    """Counts for as long as it is the account's `listener`."""

    def __init__(self, account: Account, caller: Callable[[], str] = lambda: "") -> None:
        self.billed: defaultdict[Billed, float] = defaultdict(float)
        self.undo: list[tuple[Table, Key, Item | None]] | None = None
        """While it is a list: the items that were written, as they were before."""
        self._account, self._caller = account, caller
        self._counts: Mapping[str, Callable[[Call, Answer], None]] = {
            "kinesis": self._stream,
            "events": self._bus,
            "sqs": self._queue,
            "firehose": self._delivery,
        }

    def sum(self, unit: str, *, by: str | None = None, of: str | None = None) -> float:
        """Of everybody and everything, unless it is said whose and of what."""
        return sum(
            count
            for billed, count in self.billed.items()
            if billed.unit == unit and by in (None, billed.by) and of in (None, billed.of)
        )

    def around(self, call: Call, serve: Callable[[Call], Answer]) -> Answer:
        """As `simulation.aws.calls.Listener`."""
        self._add("calls", call.operation, 1)
        writing = self._writing(call) if call.service == "dynamodb" else []
        try:
            answer = serve(call)
        except AwsError as error:
            if error.code in (CONDITION_FAILED, CANCELED):
                for one in writing:
                    self._add("write_units", one.table.name, one.times * units.write_units(one.before, None))
            raise
        if call.service == "dynamodb":
            if call.operation in READS:
                self._read(call)
            self._wrote(writing, answer)
        elif call.service in self._counts:
            self._counts[call.service](call, answer)
        return answer

    def _add(self, unit: str, of: str, count: float) -> None:
        self.billed[Billed(self._caller(), unit, of)] += count

    def _writing(self, call: Call) -> list[Writing]:
        found: list[Writing] = []
        try:
            for kind, name, asked, times in _writes(call):
                table = self._account.dynamodb.table(name)
                key = table.key_of(asked["Item"] if kind == "Put" else asked["Key"])
                found.append(Writing(table, key, table.get(*key), times))
        except AwsError:  # the call will be refused, for this or for what comes before it
            return []
        return found

    def _wrote(self, writing: list[Writing], answer: Answer) -> None:
        left = {
            (table, self._account.dynamodb.table(table).key_of(request.get("Item") or request["Key"]))
            for table, requests in answer.get("UnprocessedItems", {}).items()
            for one in requests
            for request in one.values()
        }
        for table, key, before, times in writing:
            if (table.name, key) in left:
                continue
            after = table.get(*key)
            self._add("write_units", table.name, times * units.write_units(before, after))
            for name, index in table.indexes.items():
                count = times * units.index_writes(index.index, before, after, table.key_names)
                if count:
                    self._add("write_units", f"{table.name}/{name}", count)
            if self.undo is not None:
                self.undo.append((table, key, before))

    def _read(self, call: Call) -> None:
        """Whole items are billed, whatever part of them is asked for."""
        tables, asked = self._account.dynamodb, call.asked
        if call.operation == "BatchGetItem":
            for name, of_table in asked["RequestItems"].items():
                table, consistent = tables.table(name), of_table.get("ConsistentRead", False)
                for key in of_table["Keys"]:
                    item = table.get(*table.key_of(key))
                    self._add("read_units", table.name, units.read_units([item], consistent=consistent))
            return
        table, consistent = tables.table(asked["TableName"]), asked.get("ConsistentRead", False)
        if call.operation == "GetItem":
            found: Sequence[Item | None] = [table.get(*table.key_of(asked["Key"]))]
        else:
            whole = {
                name: value for name, value in asked.items() if name not in ("ProjectionExpression", "Select")
            }
            found = _items(tables.answer(call._replace(asked=_without_unused(whole))))
        self._add("read_units", table.name, units.read_units(found, consistent=consistent))

    def _stream(self, call: Call, answer: Answer) -> None:
        if call.operation != "PutRecords":
            return
        stream = call.asked["StreamName"]
        for record, outcome in zip(call.asked["Records"], answer["Records"], strict=True):
            if "SequenceNumber" in outcome:
                data = b64decode(record["Data"])
                self._add("records", stream, 1)
                self._add("record_bytes", stream, len(data))
                self._add("record_kb", stream, units.kilobytes(data))
                self._add("put_units", stream, units.put_units(data))

    def _bus(self, call: Call, answer: Answer) -> None:
        if call.operation != "PutEvents":
            return
        for entry, outcome in zip(call.asked["Entries"], answer["Entries"], strict=True):
            if "EventId" in outcome:
                self._add("bus_units", entry["EventBusName"], units.bus_units(entry))
                self._add("detail_bytes", entry["EventBusName"], len(entry["Detail"].encode()))

    def _queue(self, call: Call, answer: Answer) -> None:
        asked = call.asked
        bodies = [asked["MessageBody"]] if "MessageBody" in asked else []
        bodies += [one["MessageBody"] for one in asked.get("Entries", []) if "MessageBody" in one]
        bodies += [one["Body"] for one in answer.get("Messages", [])]
        size = sum(len(body.encode()) for body in bodies)
        self._add(
            "queue_requests", str(asked.get("QueueUrl", "")).rpartition("/")[2], units.queue_requests(size)
        )

    def _delivery(self, call: Call, answer: Answer) -> None:
        if call.operation != "PutRecordBatch":
            return
        for record, outcome in zip(call.asked["Records"], answer["RequestResponses"], strict=True):
            if "RecordId" in outcome:
                size = units.delivery_bytes(len(b64decode(record["Data"])))
                self._add("delivery_bytes", call.asked["DeliveryStreamName"], size)


def _writes(call: Call) -> Iterator[tuple[str, str, dict[str, Any], int]]:
    """Of each item: `Put`, `Update` or `Delete`, the table, what is asked, and how often it is billed."""
    asked = call.asked
    if call.operation in WRITES:
        yield WRITES[call.operation], asked["TableName"], asked, 1
    elif call.operation == "BatchWriteItem":
        for table, requests in asked["RequestItems"].items():
            for request in requests:
                [(kind, of_item)] = request.items()
                yield kind.removesuffix("Request"), table, of_item, 1
    elif call.operation == "TransactWriteItems":
        for one in asked["TransactItems"]:
            [(kind, of_item)] = one.items()
            yield kind, of_item["TableName"], of_item, IN_TRANSACTION


def _items(answer: Answer) -> list[Item]:
    found: list[Item] = answer["Items"]
    return found


def _without_unused(asked: dict[str, Any]) -> dict[str, Any]:
    """Names that stand in the key condition alone: DynamoDB refuses those that are not used."""
    names = asked.get("ExpressionAttributeNames")
    if names is None:
        return asked
    condition = asked.get("KeyConditionExpression", "")
    used = {name: value for name, value in names.items() if name in condition}
    without = {name: value for name, value in asked.items() if name != "ExpressionAttributeNames"}
    return {**without, "ExpressionAttributeNames": used} if used else without
