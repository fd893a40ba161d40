"""What a run leaves behind of each day: channels with their poll times, hosts with their hours."""

import polars as pl

from beacon.schema import KEY

CHANNELS: dict[str, pl.DataType] = {
    "day": pl.Date(),
    "host": pl.String(),
    "process": pl.String(),
    "domain": pl.String(),
    "service": pl.String(),
    "parents": pl.List(pl.String()),
    "times": pl.List(pl.UInt32()),
    "counts": pl.List(pl.UInt32()),
}
"""One row a channel and day. `times` are milliseconds since midnight UTC, ascending; each stands
for as many connections as `counts` says: an hour with more than `HOURLY_MOST` keeps the first."""

HOSTS: dict[str, pl.DataType] = {
    "day": pl.Date(),
    "host": pl.String(),
    "hours": pl.List(pl.UInt8()),
}
"""One row a host and day: the hours (0 to 23, UTC) in which it sent any row."""

HOURLY_MOST = 4
"""Slow channels keep every time; of a fast one its own day tells all."""

_MILLISECONDS = 86_400_000


def channel_entries(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of `CHANNELS`, their `service` null as yet, from connections at exact times.

    Args:
        rows: the channel key, Timestamp and, where there is one, the parent's name.
    """
    parent = (
        pl.col("InitiatingProcessParentFileName").cast(pl.String).str.to_lowercase()
        if "InitiatingProcessParentFileName" in rows.columns
        else pl.lit(None, pl.String)
    )
    since = pl.col("Timestamp").dt.timestamp("ms") % _MILLISECONDS
    timed = rows.select(
        pl.col(*KEY).cast(pl.String),
        day=pl.col("Timestamp").dt.date(),
        at=since.cast(pl.UInt32),
        parent=pl.when(parent != "").then(parent),
    )
    by = ["day", *KEY]
    hour = [*by, pl.col("at") // 3_600_000]
    size = pl.len().over(hour)
    thinned = timed.sort(*by, "at").with_columns(size=size, place=pl.int_range(pl.len()).over(hour))
    kept = thinned.filter((pl.col("size") <= HOURLY_MOST) | (pl.col("place") == 0))
    count = pl.when(pl.col("size") <= HOURLY_MOST).then(1).otherwise("size")
    parents = timed.group_by(by).agg(parents=pl.col("parent").drop_nulls().unique().sort())
    return (
        kept.group_by(by)
        .agg(times=pl.col("at"), counts=count.cast(pl.UInt32))
        .join(parents, on=by)
        .with_columns(service=pl.lit(None, pl.String))
        .select(pl.col(name).cast(dtype) for name, dtype in CHANNELS.items())
        .sort(by)
    )


def host_entries(hours: pl.DataFrame) -> pl.DataFrame:
    """Rows of `HOSTS` from the hours of a `Coverage`."""
    return (
        hours.group_by(day=pl.col("hour").dt.date(), host="host")
        .agg(hours=pl.col("hour").dt.hour().cast(pl.UInt8).unique().sort())
        .select(pl.col(name).cast(dtype) for name, dtype in HOSTS.items())
        .sort("day", "host")
    )
