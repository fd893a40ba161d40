"""What the rows themselves betray: repeats, faulty clocks, how many a channel has in an hour."""

from typing import NamedTuple

import polars as pl

STRAY = "1d"
"""A clock is off where rows lie this far outside the time of 99 % of the export."""
EARLY_SECONDS = 1
"""A program that started this much after its connection shows a clock that was set."""


class Rows(NamedTuple):
    """Counts over all rows of an export.

    Attributes:
        rows: all of them.
        duplicates: copies of an event (DeviceName, Timestamp, ReportId) beyond the first.
        stray: rows more than `STRAY` before or after the middle 99 %.
        early: rows of a program that started later than they happened.
        unnamed: rows with an address but no RemoteUrl.
        processless: rows without a process.
        channels: (host, process, name or address).
        hourly_median, hourly_most: rows of a channel in an hour in which it has any; None: no rows.
    """

    rows: int
    duplicates: int
    stray: int
    early: int
    unnamed: int
    processless: int
    channels: int
    hourly_median: float | None
    hourly_most: int | None


def examine(events: pl.LazyFrame) -> Rows:
    """Count, in two passes over the export."""
    time, born = pl.col("Timestamp"), pl.col("InitiatingProcessCreationTime")
    named = pl.col("RemoteUrl").fill_null("") != ""
    counted = pl.col("ReportId").is_not_null()
    identity = pl.struct("DeviceName", "Timestamp", "ReportId")
    edges = pl.struct(low=time.quantile(0.005), high=time.quantile(0.995)).alias("edges")
    low, high = (pl.col("edges").struct.field(name) for name in ("low", "high"))
    row_facts = events.select(
        identity=pl.when(counted).then(identity.hash()),
        time=time,
        early=born > time + pl.duration(seconds=EARLY_SECONDS),
        unnamed=~named & pl.col("RemoteIP").is_not_null(),
        processless=pl.col("InitiatingProcessFileName").fill_null("") == "",
    ).select(
        pl.len().alias("rows"),
        (pl.col("identity").count() - pl.col("identity").drop_nulls().n_unique()).alias(
            "duplicates"
        ),
        pl.col("early", "unnamed", "processless").sum(),
    )
    strays = events.select(time, edges).select(
        ((time < low.dt.offset_by(f"-{STRAY}")) | (time > high.dt.offset_by(STRAY))).sum()
    )
    hourly = (
        events.group_by(
            host=pl.col("DeviceName"),
            process=pl.col("InitiatingProcessFileName"),
            place=pl.when(named).then("RemoteUrl").otherwise("RemoteIP"),
            hour=time.dt.truncate("1h"),
        )
        .agg(rows=pl.len())
        .select(
            channels=pl.struct("host", "process", "place").n_unique(),
            hourly_median=pl.col("rows").median(),
            hourly_most=pl.col("rows").max(),
        )
    )
    facts, stray, rate = pl.collect_all([row_facts, strays, hourly])
    return Rows(stray=int(stray.item() or 0), **facts.row(0, named=True), **rate.row(0, named=True))
