"""A table as a format gives it, understood: times settled, columns cast, bad rows kept apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import polars as pl

from beacon import spill
from beacon.errors import InputError
from beacon.read import beside
from beacon.read.columns import canonical, check_types, require
from beacon.read.part import EXAMPLE_CHARACTERS, BadRow, Part, fault_frame
from beacon.read.plain import ALIKE, PARSED, plain_column, plain_names, with_plain
from beacon.read.time_survey import settle, survey
from beacon.read.times import YEARS, Clock
from beacon.read.values import all_plain, lost_notes, value_checks, without_value
from beacon.schema import EVENTS
from beacon.settings import ReadSettings

OWN = "beacon:"
"""How the columns start that are ours, not the export's."""
LINE = "beacon:line"
"""The column in which text formats keep a row's line number."""

EXPORT_LIMITS = {
    10_000: "the portal cuts there",
    30_000: "the portal cuts there",
    100_000: "the hunting API cuts there",
    500_000: "the Log Analytics API cuts there",
}
"""Row counts at which exports end (Microsoft Learn: advanced hunting and Log Analytics limits)."""


class Rows(NamedTuple):
    """Text split into columns of text: `LINE` and the export's own.

    Attributes:
        frame: the rows that fit the columns.
        bad: those that do not.
        notes: what was assumed.
        is_stored: parsed once, read from disk from now on.
    """

    frame: pl.LazyFrame
    bad: tuple[BadRow, ...] = ()
    notes: tuple[str, ...] = ()
    is_stored: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under the export's own column names.

    Attributes:
        frame: columns of any type; text formats add `LINE`.
        located: canonical name -> column of `frame`.
        guessed: canonical names whose column may turn out to be absent: they are provided only
            if some row has a value (JSON lines may omit keys).
        found: the part's own column names, for errors; default: those of `frame`.
        bad: rows that could not even be split into columns.
        set_aside: rows that are no connections and are told in `notes`.
        zoneless_is_utc: the format documents times without a zone as UTC.
        has_limit: what exports it stops at one of `EXPORT_LIMITS`.
        notes: what the format's reader has to say.
        is_stored: as of `Rows`.
    """

    frame: pl.LazyFrame
    located: Mapping[str, str]
    guessed: frozenset[str] = frozenset()
    found: tuple[str, ...] = ()
    bad: tuple[BadRow, ...] = ()
    set_aside: int = 0
    zoneless_is_utc: bool = True
    has_limit: bool = False
    notes: tuple[str, ...] = ()
    is_stored: bool = False


def to_part(name: str, shape: str, table: Table, settings: ReadSettings) -> Part:
    """Understand a table; rows of Defender's other tables become the part's context.

    Raises:
        InputError: as `connections`; where there is context, it becomes `Part.lacking` instead.
    """
    held = beside.held(table)
    if not held:
        return connections(name, shape, table, settings)
    rest = replace(
        table,
        frame=table.frame.filter(~beside.is_other(pl.col(table.located["ActionType"]))),
        set_aside=table.set_aside + sum(held.values()),
        notes=(*table.notes, *beside.told(held)),
    )
    context = beside.context(name, table, held, settings)
    try:
        part = connections(name, shape, rest, settings)
        require(name, part.columns, table.found or table.frame.collect_schema().names())
    except InputError as lacking:
        rows = rest.frame.select(pl.len().cast(pl.Int64).alias("rows") + rest.set_aside)
        part = Part(
            name=name,
            shape=shape,
            events=pl.LazyFrame(schema=EVENTS),
            faults=fault_frame(name, table.bad),
            rows=rows,
            columns=frozenset(),
            notes=rest.notes,
            lacking=lacking,
        )
    return replace(part, context=context)


class _Settled(NamedTuple):
    """A table once its times are settled.

    Attributes:
        frame: its rows; of a text table only the columns that are needed.
        located: as of `Table`; the time's column is `PARSED` where that holds it all.
        unreadable: whether the time of a row is none.
        is_any_unreadable: whether that is so of some row.
        rows: how many rows there were, as of `Part`.
        clock: reads the times.
        plainly: canonical names that have a column of `plain.plain_column`.
        plain: those of them of which it says all.
        absent: those of `Table.guessed` that no row has a value of.
        notes: those of the table and what was lost.
    """

    frame: pl.LazyFrame
    located: Mapping[str, str]
    unreadable: pl.Expr
    is_any_unreadable: bool
    rows: pl.LazyFrame
    clock: Clock = Clock()
    plainly: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def connections(name: str, shape: str, table: Table, settings: ReadSettings) -> Part:
    """Understand a table whose rows are connections.

    A text table is read twice here (its times, then its values), in `spill.scratch` from disk; of
    one with typed times only the statistics of that column are, where it has some.

    Raises:
        InputError: a required column is missing, the times need a flag, or none can be read.
    """
    schema = table.frame.collect_schema()
    found = table.found or [column for column in schema.names() if not column.startswith(OWN)]
    require(name, table.located, found)
    check_types(name, table.located, schema)
    time = table.located["Timestamp"]
    is_text = schema[time] == pl.String
    settled = (
        _settle_text(name, table, found, settings) if is_text else _settle_typed(table, schema)
    )
    faults = [fault_frame(name, table.bad)]
    if settled.is_any_unreadable:
        unreadable = settled.frame.filter(settled.unreadable)
        faults.append(_faults(name, unreadable, time, settled.clock))
    return Part(
        name=name,
        shape=shape,
        events=_events(settled, is_text),
        faults=pl.concat(faults),
        rows=settled.rows,
        columns=frozenset(settled.located.keys() - settled.absent),
        notes=settled.notes,
    )


def _settle_typed(table: Table, schema: pl.Schema) -> _Settled:
    unreadable = _is_no_instant(table.located["Timestamp"], schema)
    return _Settled(
        frame=table.frame,
        located=table.located,
        unreadable=unreadable,
        is_any_unreadable=bool(_row(table.frame.filter(unreadable), [pl.len()])["len"]),
        rows=table.frame.select(pl.len().cast(pl.Int64).alias("rows") + table.set_aside),
        notes=table.notes,
    )


def _settle_text(name: str, table: Table, found: Sequence[str], settings: ReadSettings) -> _Settled:
    """Survey the times, then count what the other columns hold and cannot be read as."""
    frame, time = _stored(table), table.located["Timestamp"]
    seen = survey(frame, time, ALIKE)
    clock = settle(name, seen, settings, table.zoneless_is_utc)
    schema, located = frame.collect_schema(), table.located
    if clock.forms == Clock().forms:
        located = {**located, "Timestamp": PARSED}
    unreadable = canonical("Timestamp", located, schema, clock).is_null()
    plainly = plain_names(table.located, schema)
    checks = value_checks(table.located, table.guessed, schema, clock, plainly)
    values = _row(frame, [*checks, unreadable.any().alias("unreadable")])
    absent = without_value(values, table.guessed)
    if seen.rows:
        require(name, located.keys() - absent, found)
    total = seen.rows + len(table.bad) + table.set_aside
    return _Settled(
        frame=frame,
        located=located,
        unreadable=unreadable,
        is_any_unreadable=values["unreadable"],
        rows=pl.LazyFrame({"rows": [total]}, schema={"rows": pl.Int64}),
        clock=clock,
        plainly=plainly,
        plain=all_plain(values),
        absent=absent,
        notes=(
            *table.notes,
            *lost_notes(values),
            *(limit_notes(total) if table.has_limit else ()),
        ),
    )


def _stored(table: Table) -> pl.LazyFrame:
    """The columns of a text table that are needed, parsed once, what they plainly say with them."""
    if table.is_stored:
        return table.frame
    needed = dict.fromkeys([*({LINE} & set(table.frame.collect_schema())), *table.located.values()])
    return spill.once(with_plain(table.frame.select(list(needed)), table.located))


def _events(settled: _Settled, is_text: bool) -> pl.LazyFrame:
    """The canonical columns of the rows whose time is one."""
    frame, schema = settled.frame, settled.frame.collect_schema()
    columns = [
        pl.col(plain_column(column)).alias(column)
        if column in settled.plain
        else canonical(column, settled.located, schema, settled.clock, plainly=settled.plainly)
        for column in EVENTS
    ]
    if not settled.is_any_unreadable:
        # a filter that drops nothing would cost every pass as much as its columns
        return frame.select(columns)
    if is_text:  # parsed once, then filtered
        return frame.select(columns).filter(pl.col("Timestamp").is_not_null())
    return frame.filter(~settled.unreadable).select(columns)


def _is_no_instant(column: str, schema: pl.Schema) -> pl.Expr:
    """Whether a typed time is none that nanoseconds can hold, as comparisons for the reader."""
    time, kind = pl.col(column), schema[column]
    zone = kind.time_zone if isinstance(kind, pl.Datetime) else None
    first, last = (pl.lit(datetime(year, 1, 1)) for year in (YEARS[0], YEARS[1] + 1))
    if zone:
        first, last = (
            limit.dt.replace_time_zone("UTC").dt.convert_time_zone(zone) for limit in (first, last)
        )
    return time.is_null() | (time < first) | (time >= last)


def _faults(name: str, frame: pl.LazyFrame, source: str, clock: Clock) -> pl.LazyFrame:
    schema, time = frame.collect_schema(), pl.col(source)
    if schema[source] == pl.String:
        reason = clock.reason(time)
    else:
        outside = f"Timestamp outside the years {YEARS[0]} to {YEARS[1]}"
        reason = pl.when(time.is_null()).then(pl.lit("no Timestamp")).otherwise(pl.lit(outside))
    return frame.select(
        part=pl.lit(name),
        line=pl.col(LINE).cast(pl.Int64) if LINE in schema else pl.lit(None, dtype=pl.Int64),
        reason=reason,
        example=time.cast(pl.String).fill_null("").str.head(EXAMPLE_CHARACTERS),
    )


def limit_notes(rows: int) -> tuple[str, ...]:
    """What a round number of rows says about an export that may have been cut."""
    cut = EXPORT_LIMITS.get(rows)
    return (f"exactly {rows:,} rows: {cut}, probably truncated",) if cut else ()


def _row(frame: pl.LazyFrame, aggregates: list[pl.Expr]) -> dict[str, Any]:
    return frame.select(aggregates).collect(engine="streaming").row(0, named=True)
