"""Rows of Defender's other tables that say more of a connection than its own row does.

DeviceProcessEvents: the command line of a process and its parent, so of a connection's parent and
grandparent. DeviceEvents: the answers to DNS queries, and scheduled tasks as they are created.
None of them is a connection (Microsoft Learn, advanced hunting schema, the two tables).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from beacon.read import tasks
from beacon.read.columns import canonical, locate
from beacon.read.plain import plain_names
from beacon.read.time_survey import settle, survey
from beacon.read.times import Clock
from beacon.schema import EVENTS
from beacon.settings import ReadSettings

if TYPE_CHECKING:
    from beacon.read.table import Table

COLUMNS: dict[str, pl.DataType] = {
    "ProcessId": pl.Int64(),
    "ProcessCommandLine": pl.String(),
    "ProcessCreationTime": pl.Datetime("us", "UTC"),
}
"""Columns that these tables have and DeviceNetworkEvents has not."""

_MOST_NAMED = 8
_NAME = r'"DnsQueryString\\*"\s*:\s*\\*"([^"\\]{1,255})\\*"'
_ANSWER = r'"Result\\*"\s*:\s*\\*"([0-9A-Fa-f:.]{2,45})\\*"'


def located(columns: Iterable[str]) -> dict[str, str]:
    """The columns of these tables among those of a part."""
    return locate(columns, COLUMNS)


def held(table: "Table") -> dict[str, int]:
    """How many rows a table has that are no connections, by ActionType.

    Rows are looked at only where the columns are not those of DeviceNetworkEvents. The set of
    ActionTypes is open: only a table with rows that `KINDS` knows gives up its others.
    """
    action = table.located.get("ActionType")
    names = table.frame.collect_schema()
    known = table.found or names.names()
    if action is None or not (
        located(names) or not {"RemoteUrl", "RemoteIP"} & locate(known).keys()
    ):
        return {}
    kind = pl.col(action).cast(pl.String)
    counts = table.frame.select(kind.filter(is_other(kind)).value_counts(name="n")).unnest(action)
    found = dict(counts.collect(engine="streaming").rows())
    return found if found.keys() & KINDS.keys() else {}


def is_other(action: pl.Expr) -> pl.Expr:
    """Whether an ActionType is said and none of DeviceNetworkEvents'."""
    network = action.cast(pl.String).str.contains("Connection|Inspected|AggregatedReport|^$")
    return ~network.fill_null(value=True)


def is_beside(action: pl.Expr) -> pl.Expr:
    """Whether an ActionType is one of these tables'."""
    return action.cast(pl.String).is_in(list(KINDS)).fill_null(value=False)


def told(counts: Mapping[str, int]) -> list[str]:
    """Notes on what was found."""
    ours = [f"{KINDS[n].words} ({counts[n]:,})" for n in sorted(counts) if n in KINDS]
    rest = [f"{name} ({counts[name]:,})" for name in sorted(counts) if name not in KINDS]
    more = f" and {len(rest) - _MOST_NAMED:,} more" if len(rest) > _MOST_NAMED else ""
    notes = [f"left aside, read beside the connections: {', '.join(ours)}"]
    if rest:
        notes.append(f"left aside, no connections: {', '.join(rest[:_MOST_NAMED])}{more}")
    return notes


def context(
    name: str, table: "Table", held: Iterable[str], settings: ReadSettings
) -> dict[str, pl.LazyFrame]:
    """What these rows say, as frames of `schema.CONTEXT`.

    Args:
        name: of the part, for errors.
        table: where they are, among others.
        held: the ActionTypes that it has.
        settings: as for every reader.

    Raises:
        InputError: the times need a flag, or none can be read.
    """
    frame = table.frame.filter(is_beside(pl.col(table.located["ActionType"])))
    schema = frame.collect_schema()
    places, types = {**table.located, **located(schema.names())}, EVENTS | COLUMNS
    time = places.get("Timestamp")
    if time is None or "DeviceName" not in places:
        return {}
    clock = Clock()
    if schema[time] == pl.String:
        clock = settle(name, survey(frame, time), settings, table.zoneless_is_utc)
    plainly = plain_names(table.located, schema) if table.is_stored else frozenset()
    rows = frame.select(
        canonical(column, places, schema, clock, types, plainly) for column in types
    )
    rows = rows.with_columns(host=pl.col("DeviceName").str.to_lowercase())
    return {
        KINDS[action].kind: KINDS[action].read(rows.filter(pl.col("ActionType") == action))
        for action in held
        if action in KINDS
    }


def _starts(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The created process, and the one that created it."""
    parents = {
        "Process": "InitiatingProcessFileName",
        "InitiatingProcess": "InitiatingProcessParentFileName",
    }
    return pl.concat(
        rows.select(
            "host",
            pid=f"{who}Id",
            born=f"{who}CreationTime",
            line=f"{who}CommandLine",
            parent=parent,
        )
        for who, parent in parents.items()
    )


def _lookups(rows: pl.LazyFrame) -> pl.LazyFrame:
    said = pl.col("AdditionalFields")
    each = pl.element().str.extract(_ANSWER)
    return (
        rows.select(
            "host",
            pid="InitiatingProcessId",
            at="Timestamp",
            name=said.str.extract(_NAME),
            address=said.str.extract_all(_ANSWER).list.eval(each),
        )
        .explode("address")
        .drop_nulls(["name", "address"])
    )


def _tasks(rows: pl.LazyFrame) -> pl.LazyFrame:
    found = rows.select("host", "AdditionalFields").unique(maintain_order=True)
    return tasks.frame([tasks.from_fields(*row) for row in found.collect().iter_rows()])


class _Kind(NamedTuple):
    words: str
    kind: str
    read: Callable[[pl.LazyFrame], pl.LazyFrame]


KINDS = {
    "ProcessCreated": _Kind("process starts", "starts", _starts),
    "DnsQueryResponse": _Kind("DNS answers", "lookups", _lookups),
    "ScheduledTaskCreated": _Kind("scheduled tasks", "tasks", _tasks),
}
"""ActionType -> what such rows are, and how they are read."""
