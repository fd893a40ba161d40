"""Joins stages 2 to 5: what the rows of some hosts say, and then what all of them say together."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import polars as pl

from beacon import (
    channels,
    context,
    coverage,
    history,
    hourly,
    read,
    remembering,
    rules,
    weighing,
)
from beacon.context import Context
from beacon.coverage import Coverage
from beacon.history import Ledger
from beacon.result import Summary, account
from beacon.schema import EVENTS
from beacon.settings import Settings

NOTHING = Context()
"""Nothing stands beside the connections."""


class Seen(NamedTuple):
    """What one look at the whole export says.

    Attributes:
        rows: of each part, readable or not.
        faults: unreadable rows, as `read.Part.faults`.
        newest: the newest Timestamp where a window ends there.
        only_extended: see `rules.between`.
        attended: see `channels.attended`.
        beside: what stands beside the connections that the rule wants, see `context.gather`.
    """

    rows: tuple[int, ...]
    faults: pl.DataFrame
    coverage: Coverage
    newest: datetime | None
    only_extended: pl.DataFrame
    attended: pl.DataFrame
    beside: Context = NOTHING


class Found(NamedTuple):
    """What the rows of some hosts say.

    Attributes:
        counts: one row: `rows` kept, `faithful`, `strict`, `named`, and a column a reason of
            those dropped.
        timed: channels and strands with their timing.
        names: see `hourly.names`.
        entries: see `weighing.remembered`.
        kin: see `context.lineage`.
    """

    counts: pl.DataFrame
    timed: pl.DataFrame
    names: pl.DataFrame
    entries: pl.DataFrame
    kin: pl.DataFrame


def find(
    selection: rules.Selection,
    rule: rules.Rule,
    settings: Settings,
    beside: Context = NOTHING,
    named: int = 0,
) -> Found:
    """Group and time what the rule kept of some hosts, all their rows.

    Args:
        selection: what it kept.
        rule: the rule.
        settings: of the run.
        beside: what stands beside these rows.
        named: rows that it gave a name, see `context.attach`.
    """
    keyed = weighing.name_keys(selection.rows)
    return Found(
        count(selection, named),
        weighing.time(weighing.addressed(selection.rows), weighing.label(rule, settings)),
        hourly.names(keyed),
        weighing.remembered(keyed if settings.history.folder else keyed.clear()),
        context.lineage(keyed, beside.starts, beside.tasks),
    )


def count(selection: rules.Selection, named: int = 0) -> pl.DataFrame:
    """The `counts` of a selection."""
    return pl.DataFrame(
        {
            "rows": [selection.rows.height],
            "faithful": [selection.faithful],
            "strict": [selection.strict],
            "named": [named],
            **{reason: [rows] for reason, rows in selection.dropped.items()},
        },
        schema_overrides={"faithful": pl.Int64, "strict": pl.Int64},
    )


def together(found: Sequence[Found]) -> Found:
    """What all hosts say; the order of the parts does not matter."""
    counts, timed, names, entries, kin = (
        pl.concat(frames, how="diagonal_relaxed") for frames in zip(*found, strict=True)
    )
    return Found(counts, timed.sort(channels.STRAND), names, entries, kin)


def observe(
    found: Found, seen: Seen, summary: Summary, settings: Settings, reports: pl.DataFrame | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every column that the terms of evidence read, and what a history would keep.

    Args:
        found: what all hosts say.
        seen: one look at the export.
        summary: its summary.
        settings: of the run.
        reports: what `hourly.hours` gives; None where there are no aggregates.
    """
    counted = hourly.none()
    if reports is not None:
        named = hourly.name(reports, found.names, found.timed.select(channels.KEY).unique())
        counted = hourly.count(named, reports.select("host", "hour").unique())
    services = weighing.services(found.timed)
    today = found.entries.drop("service").join(services, on=channels.KEY)
    today = today.select(list(history.CHANNELS))
    recalled = _recall(settings, services, today, summary)
    hosts = _hosts(seen, summary)
    observed = weighing.observe(found.timed, hosts, settings, counted, recalled)
    return observed.join(found.kin, on=channels.KEY, how="left", maintain_order="left"), today


def summarise(
    export: read.Export,
    seen: Seen,
    counts: pl.DataFrame,
    repeated: pl.DataFrame,
    settings: Settings,
) -> tuple[Summary, pl.DataFrame]:
    """The summary, and the account of every row that is not in a channel.

    Args:
        export: its parts and problems.
        seen: one look at it.
        counts: of `Found`.
        repeated: what `coverage.repetition` says of the rows that the rule may keep.
        settings: of the run.
    """
    kept = counts.sum().row(0, named=True)
    told = ("rows", "faithful", "strict", "named")
    rows, faithful, strict, named = (kept.pop(name) for name in told)
    total = sum(seen.rows)
    summary = Summary(
        parts=export.parts,
        part_rows=seen.rows,
        problems=export.problems,
        coverage=seen.coverage,
        capped=coverage.capped(repeated, seen.coverage.hours["host"]),
        rows=total,
        kept=rows,
        faithful=faithful,
        strict=strict,
        named=named,
        only_extended=seen.only_extended["rows"].item(),
        only_extended_hosts=seen.only_extended["hosts"].item(),
        hosts=seen.coverage.hosts,
        first=seen.coverage.first,
        last=seen.coverage.last,
        settings=settings,
    )
    unmatched = total - seen.faults.height - rows - sum(kept.values())
    asked = settings.rule.match != "any"
    reason = "not matched by the rule" if asked else "left aside: not a connection of its own"
    return summary, account({reason: unmatched, **kept}, seen.faults)


def rows_behind(
    alerts: pl.DataFrame,
    candidates: Iterable[pl.DataFrame],
    settings: Settings,
    newest: datetime | None,
    beside: Context = NOTHING,
) -> pl.DataFrame:
    """The events of the alerts' channels, by alert and time: alert_id and `schema.EVENTS`.

    Args:
        alerts: rows of `schema.RESULT`.
        candidates: what the rule may keep, all of the alerts' hosts.
        settings: of the run.
        newest: as in `Seen`.
        beside: likewise.
    """
    named = alerts.select("alert_id", *channels.KEY)
    rule, found = rules.load(settings.rule), []
    for some in candidates:
        rows, _ = context.attach(some, beside)
        rows = rules.select(rows, rule, settings.rule, newest).rows
        rows = context.with_parents(rows, beside.starts)
        keyed = complete(weighing.name_keys(rows).lazy()).collect()
        found.append(keyed.join(named, on=channels.KEY).select("alert_id", *EVENTS))
    # One clock tick can hold many events; their order must not depend on the engine.
    tie = ("ReportId", "DeviceName", "InitiatingProcessId", "RemoteUrl", "RemoteIP", "RemotePort")
    return pl.concat(found).sort("alert_id", "Timestamp", *tie)


def record(entries: pl.DataFrame, seen: Seen, summary: Summary, settings: Settings) -> None:
    """Remember the run, where there is a history."""
    span = rules.span(settings.rule, summary.first, summary.last)
    if settings.history.folder and span:
        hosts = history.host_entries(seen.coverage.hours)
        Ledger(settings.history.folder).record(entries, hosts, *span)


def complete(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows with every event column, null where the source has none, and text as String."""
    have = rows.collect_schema()
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in EVENTS.items() if name not in have]
    return rows.with_columns(pl.selectors.categorical().cast(pl.String), *absent)


def _recall(
    settings: Settings, services: pl.DataFrame, today: pl.DataFrame, summary: Summary
) -> pl.DataFrame:
    """What the history says of the channels; nothing where there is none."""
    span = rules.span(settings.rule, summary.first, summary.last)
    if settings.history.folder is None or span is None:
        return remembering.nothing()
    ledger = Ledger(settings.history.folder)
    return remembering.recall(ledger, services, today, span[0], settings.history)


def _hosts(seen: Seen, summary: Summary) -> pl.DataFrame:
    """When each host was heard, what limits it, and whether a person works there.

    `host_attended` is null in every row where that is seen on fewer than half of the hosts, as in
    an export that holds the rule's rows alone.
    """
    attended = pl.col("host").is_in(seen.attended["host"].implode())
    return summary.coverage.devices.select(
        "host",
        "silent_hours",
        "heard_hours",
        host_first="first",
        host_last="last",
        is_capped=pl.col("host").is_in(summary.capped),
        host_attended=pl.when(attended.mean() >= 0.5).then(attended),
    )
