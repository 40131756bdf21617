"""The lake's tables in Glue's terms, and the views over them in Athena's format: `events` over `events_raw`, and
`rejected` over `rejected_raw`.

The stack builds the Glue tables, and Firehose's conversions, from their columns; `shared.lake.rows` and
`shared.lake.rejected_rows` write exactly these keys, all lowercase, so the conversion may match case
(`CaseInsensitive: false`) and keep the case of property names. Traits, IP addresses and user agents are personal data
and stay out of the lake.
"""

from __future__ import annotations

import base64
import json
from typing import NamedTuple

TABLE = "events_raw"
VIEW = "events"

COLUMNS: tuple[tuple[str, str], ...] = (
    ("event_id", "string"),
    ("type", "string"),
    ("name", "string"),
    ("source", "string"),
    ("protocol", "string"),
    ("person", "string"),
    ("user_id", "string"),
    ("anonymous_id", "string"),
    ("previous_id", "string"),
    ("session_id", "string"),
    ("occurred_at", "timestamp"),
    ("original_timestamp", "timestamp"),
    ("sent_at", "timestamp"),
    ("received_at", "timestamp"),
    ("device_id", "string"),
    ("device_type", "string"),
    ("device_manufacturer", "string"),
    ("device_model", "string"),
    ("os_name", "string"),
    ("os_version", "string"),
    ("app_name", "string"),
    ("app_version", "string"),
    ("app_build", "string"),
    ("library_name", "string"),
    ("library_version", "string"),
    ("locale", "string"),
    ("timezone", "string"),
    ("country", "string"),
    ("city", "string"),
    ("page_url", "string"),
    ("page_path", "string"),
    ("page_title", "string"),
    ("page_referrer", "string"),
    ("campaign_name", "string"),
    ("campaign_source", "string"),
    ("campaign_medium", "string"),
    ("campaign_term", "string"),
    ("campaign_content", "string"),
    ("revenue", "double"),
    ("currency", "string"),
    ("properties", "map<string,string>"),
    ("partition_key", "string"),
    ("sequence_number", "string"),
    ("ordinal", "int"),
)
"""Name and Glue type, in order."""

REJECTED_COLUMNS: tuple[tuple[str, str], ...] = (
    ("rejected_id", "string"),
    ("event_id", "string"),
    ("name", "string"),
    ("source", "string"),
    ("protocol", "string"),
    ("user_id", "string"),
    ("anonymous_id", "string"),
    ("code", "string"),
    ("field", "string"),
    ("message", "string"),
    ("reasons", "string"),
    ("received_at", "timestamp"),
)
"""Name and Glue type, in order. The body stays out of the lake, because it may contain anything."""

PARTITIONS: tuple[tuple[str, str], ...] = (("dt", "string"),)
"""`dt` is the UTC day when Firehose received the row. The objects are under `<EVENTS_PREFIX>dt=YYYY-MM-DD/`."""

EVENTS_PREFIX = "events/"
REJECTED_PREFIX = "rejected/"
ERRORS_PREFIX = "errors/"

ATHENA_TYPES = {
    "string": "varchar",
    "timestamp": "timestamp(3)",
    "double": "double",
    "int": "integer",
    "map<string,string>": "map(varchar,varchar)",
}
"""Glue type → the name of the same type in Athena's SQL."""


class LakeTable(NamedTuple):
    """A table that Firehose fills, and the view that shows each of its rows once."""

    name: str
    view: str
    columns: tuple[tuple[str, str], ...]
    prefix: str
    """The prefix of its objects in the lake's bucket."""


EVENTS = LakeTable(TABLE, VIEW, COLUMNS, EVENTS_PREFIX)
REJECTED = LakeTable("rejected_raw", "rejected", REJECTED_COLUMNS, REJECTED_PREFIX)
TABLES = (EVENTS, REJECTED)


def view_text(sql: str, database: str, columns: tuple[tuple[str, str], ...] = COLUMNS) -> str:
    """What Athena stores as `ViewOriginalText` of a view over a table with these columns.

    The view is a Glue table with `TableType: VIRTUAL_VIEW`, `Parameters: {"presto_view": "true"}`,
    `ViewExpandedText: /* Presto View */`, no partition keys, and as columns those of the table and then `dt`.
    `sql` is the view's select, with its columns in that order.
    """
    typed = [{"name": name, "type": ATHENA_TYPES[glue]} for name, glue in (*columns, *PARTITIONS)]
    view = {"originalSql": sql, "catalog": "awsdatacatalog", "schema": database, "columns": typed}
    return f"/* Presto View: {base64.b64encode(json.dumps(view).encode()).decode()} */"
