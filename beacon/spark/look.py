"""One look at all rows: hours in which devices were heard, and what the rule would keep."""

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from beacon import coverage
from beacon.coverage import Coverage
from beacon.gather import Seen
from beacon.read.part import FAULTS
from beacon.schema import AGGREGATED, TIME
from beacon.settings import RuleSettings
from beacon.spark.frames import collect
from beacon.spark.table import Table
from beacon.spark.values import PROCESS, URL

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_HOUR = 3_600_000_000_000
_COUNTED = ("rows", "aggregated", "inspected", "candidates", "between")


def is_candidate(rows: "DataFrame", question: str = "now") -> "Column":
    """Whether the rule may keep a row that `values.judge` has judged."""
    from pyspark.sql import functions as F

    if f"{URL} {question}" not in rows.columns:
        return F.lit(True)
    return F.col(f"{URL} {question}") & F.col(f"{PROCESS} {question}")


class Look(NamedTuple):
    """What one look says.

    Attributes:
        seen: as the stages want it.
        candidates: rows that the rule may keep.
        timeless: rows without a Timestamp, or with one outside nanoseconds of 64 bits.
    """

    seen: Seen
    candidates: int
    timeless: int


def look(table: Table, judged: "DataFrame", settings: RuleSettings) -> Look:
    """Count over all rows, in one pass.

    Args:
        table: the source.
        judged: its rows with the answers of `values.judge`.
        settings: the window, and whether there is a rule.
    """
    from pyspark.sql import functions as F

    action = F.coalesce("ActionType", F.lit("")) if "ActionType" in table.columns else F.lit("")
    is_between = is_candidate(judged, "extended") & ~is_candidate(judged, "seed")
    hours = judged.groupBy(
        "DeviceName", F.expr(f"Timestamp - pmod(Timestamp, {_HOUR})").alias("hour")
    ).agg(
        F.count(F.lit(1)).alias("rows"),
        _total(action.endswith(AGGREGATED)).alias("aggregated"),
        _total(action.endswith("Inspected")).alias("inspected"),
        _total(is_candidate(judged)).alias("candidates"),
        _total(F.lit(False) if settings.match == "any" else is_between).alias("between"),
        F.max(F.col(f"{PROCESS} person")).alias("person"),
        F.min("Timestamp").alias("first"),
        F.max("Timestamp").alias("last"),
    )
    found = collect(hours)
    times = pl.col("hour", "first", "last").cast(TIME)
    every = _nothing() if found is None else found.with_columns(times)
    events = every.filter(pl.col("hour").is_not_null())
    total = int(every["rows"].sum())
    return Look(
        _seen(events, table, total, settings),
        int(events["candidates"].sum()),
        total - int(events["rows"].sum()),
    )


def _seen(events: pl.DataFrame, table: Table, total: int, settings: RuleSettings) -> Seen:
    host = pl.col("DeviceName").str.to_lowercase()
    hours = (
        events.filter(pl.col("DeviceName").is_not_null())
        .group_by(host.alias("host"), "hour")
        .agg(
            pl.col("rows", "aggregated", "inspected").sum(),
            pl.col("first").min(),
            pl.col("last").max(),
        )
        .sort("host", "hour")
    )
    between = events.filter(pl.col("between") > 0)
    window_ends_there = settings.window_hours is not None and settings.as_of is None
    return Seen(
        rows=table.part_rows(total),
        faults=pl.DataFrame(schema=FAULTS),
        coverage=Coverage(hours, coverage.missing(table.columns)),
        newest=events["last"].max() if window_ends_there else None,  # type: ignore[arg-type]  # polars: any scalar
        only_extended=between.select(
            rows=pl.col("between").sum(), hosts=host.n_unique().cast(pl.Int64)
        ),
        attended=events.filter("person").select(host=host).unique(),
    )


def _total(test: "Column") -> "Column":
    from pyspark.sql import functions as F

    return F.sum(test.cast("bigint"))


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "DeviceName": pl.String(),
            **dict.fromkeys(_COUNTED, pl.Int64()),
            "person": pl.Boolean(),
            **dict.fromkeys(("hour", "first", "last"), TIME),
        }
    )
