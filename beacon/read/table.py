"""A table as a format gives it, understood: times settled, columns cast, bad rows kept apart."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import polars as pl

from beacon import spill
from beacon.errors import InputError
from beacon.read import beside
from beacon.read.columns import canonical, check_types, number, require
from beacon.read.part import EXAMPLE_CHARACTERS, BadRow, Part, fault_frame
from beacon.read.time_survey import settle, survey
from beacon.read.times import YEARS, Clock
from beacon.schema import EVENTS
from beacon.settings import ReadSettings

LINE = "beacon:line"
"""The column in which text formats keep a row's line number."""

PARSED = "beacon:parsed"
"""The times of a text table, read in the one common form while the text itself is stored."""

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


def parsed_time(column: str) -> pl.Expr:
    """The `PARSED` column of a column of text; null where it is in another form."""
    return Clock().parse(pl.col(column)).alias(PARSED)


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


def connections(name: str, shape: str, table: Table, settings: ReadSettings) -> Part:
    """Understand a table whose rows are connections.

    A text table is read twice here (its times, then its values), in `spill.scratch` from disk; of
    one with typed times only the statistics of that column are, where it has some.

    Raises:
        InputError: a required column is missing, the times need a flag, or none can be read.
    """
    frame, located = table.frame, table.located
    schema = frame.collect_schema()
    found = table.found or [column for column in schema.names() if column not in (LINE, PARSED)]
    require(name, located, found)
    notes, absent, clock, plain = table.notes, set[str](), Clock(), set[str]()
    check_types(name, located, schema)
    time = located["Timestamp"]
    is_text = schema[time] == pl.String
    if is_text:
        needed = dict.fromkeys([*({LINE, PARSED} & schema.keys()), *located.values()])
        frame = frame.select(list(needed))
        if not table.is_stored:
            frame = spill.once(frame.with_columns(parsed_time(time)))
        seen = survey(frame, time)
        settled = settle(name, seen, settings, table.zoneless_is_utc)
        if settled.forms == clock.forms and PARSED in frame.collect_schema():
            located, schema = {**located, "Timestamp": PARSED}, frame.collect_schema()
        clock = settled
        unreadable = canonical("Timestamp", located, schema, clock).is_null()
        values = _row(frame, [*_value_checks(table, schema, clock), unreadable.any()])
        absent = {column for column in table.guessed if not values[f"any:{column}"]}
        plain = {column for column in located if values.get(f"odd:{column}") == 0}
        if seen.rows:
            require(name, located.keys() - absent, found)
        total = seen.rows + len(table.bad) + table.set_aside
        notes += (*_lost(values), *(limit_notes(total) if table.has_limit else ()))
        rows = pl.LazyFrame({"rows": [total]}, schema={"rows": pl.Int64})
        is_bad = values["Timestamp"]
    else:
        unreadable = _is_no_instant(time, schema)
        is_bad = _row(frame.filter(unreadable), [pl.len()])["len"]
        rows = frame.select(pl.len().cast(pl.Int64).alias("rows") + table.set_aside)
    columns = [
        pl.col(located[column]).cast(EVENTS[column], strict=False).alias(column)
        if column in plain
        else canonical(column, located, schema, clock)
        for column in EVENTS
    ]
    if not is_bad:  # a filter that drops nothing would cost every pass as much as its columns
        events, faults = frame.select(columns), []
    else:  # text is parsed once, then filtered
        events = (
            frame.select(columns).filter(pl.col("Timestamp").is_not_null())
            if is_text
            else frame.filter(~unreadable).select(columns)
        )
        faults = [_faults(name, frame.filter(unreadable), time, clock)]
    return Part(
        name=name,
        shape=shape,
        events=events,
        faults=pl.concat([fault_frame(name, table.bad), *faults]),
        rows=rows,
        columns=frozenset(located.keys() - absent),
        notes=notes,
    )


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


def _value_checks(table: Table, schema: pl.Schema, clock: Clock) -> list[pl.Expr]:
    """Count what is neither empty nor a number or time where one belongs; such a row is kept."""
    checks = [pl.len()]
    for name, column in table.located.items():
        text = pl.col(column)
        if name in table.guessed:
            checks.append(text.is_not_null().any().alias(f"any:{name}"))
        if name != "Timestamp" and schema[column] == pl.String != EVENTS[name]:
            if EVENTS[name].is_integer():  # the few that are not plainly one are looked at closer
                odd = text.filter(text.cast(EVENTS[name], strict=False).is_null() & (text != ""))
                lost = odd.filter(
                    number(odd, EVENTS[name]).is_null() & (odd.str.strip_chars() != "")
                )
                checks.append(odd.len().alias(f"odd:{name}"))
            else:
                parsed = canonical(name, table.located, schema, clock)
                lost = text.filter(parsed.is_null() & (text.str.strip_chars() != ""))
            checks += [lost.len().alias(f"lost:{name}"), lost.first().alias(f"example:{name}")]
    return checks


def _lost(values: Mapping[str, Any]) -> list[str]:
    return [
        f"{key.removeprefix('lost:')}: {count:,} unreadable, counted as missing, "
        f"e.g. {str(values[key.replace('lost:', 'example:')])[:EXAMPLE_CHARACTERS]!r}"
        for key, count in values.items()
        if key.startswith("lost:") and count
    ]


def limit_notes(rows: int) -> tuple[str, ...]:
    """What a round number of rows says about an export that may have been cut."""
    cut = EXPORT_LIMITS.get(rows)
    return (f"exactly {rows:,} rows: {cut}, probably truncated",) if cut else ()


def _row(frame: pl.LazyFrame, aggregates: list[pl.Expr]) -> dict[str, Any]:
    return frame.select(aggregates).collect(engine="streaming").row(0, named=True)
