"""From aggregate rows to counts of whole hours for each channel, silent hours included."""

import numpy as np
import polars as pl

from beacon.frames import address
from beacon.hourly.statistic import constancy
from beacon.schema import KEY

COLUMNS = ("Timestamp", "InitiatingProcessFileName", "RemoteUrl", "RemoteIP", "AdditionalFields")
"""What is read of an aggregate row beside its host."""
HOUR_SECONDS = 3_600


def hours(reports: pl.DataFrame) -> pl.DataFrame:
    """Give each report its hour: `hour`, counted from the first report of its device.

    A device's hours begin with its service, not on the clock; the first report sets them.

    Args:
        reports: aggregate rows with the channel key and `COLUMNS`.
    """
    count = (
        pl.col("AdditionalFields")
        .str.extract(r'(?i)"uniqueEventsAggregated"\s*:\s*"?(\d+)')
        .cast(pl.Int64, strict=False)
    )
    seconds = pl.col("Timestamp").dt.epoch("s")
    since = seconds - seconds.min().over("host")
    return reports.filter(pl.col("Timestamp").is_not_null()).select(
        *KEY,
        address=address().fill_null(""),
        hour=((since + HOUR_SECONDS // 2) // HOUR_SECONDS).cast(pl.Int64),
        count=count.fill_null(1),  # a report stands for one connection at least
    )


def names(rows: pl.DataFrame) -> pl.DataFrame:
    """Which names a process used for an address: the key, `address`, `len` (rows).

    Args:
        rows: event rows with the channel key and RemoteIP; text may be Categorical.
    """
    if "RemoteIP" not in rows.columns:
        rows = rows.with_columns(RemoteIP=pl.lit(None, pl.String))
    text = rows.select(pl.col(*KEY).cast(pl.String), address=address())
    return text.filter(pl.col("address") != pl.col("domain")).group_by(pl.all()).len()


def name(reports: pl.DataFrame, names: pl.DataFrame, channels: pl.DataFrame) -> pl.DataFrame:
    """Reports of the given channels, those without a name joined by address.

    The name is the one that the same process on the same host used most for the address, or else
    the only one that the same process used for it anywhere in the fleet.

    Args:
        reports: with `hour`; a report without a name has its address as `domain`.
        names: what `names` gives.
        channels: the key of each channel.
    """
    here = names.sort("len", "domain", descending=[True, False]).unique(
        ["host", "process", "address"], keep="first", maintain_order=True
    )
    anywhere = (
        names.group_by("process", "address")
        .agg(pl.col("domain").unique())
        .filter(pl.col("domain").list.len() == 1)
        .select("process", "address", fleet_name=pl.col("domain").list.first())
    )
    own = here.select("host", "process", "address", own_name="domain")
    found = (
        reports.filter(pl.col("domain") == pl.col("address"))
        .join(channels, on=KEY, how="anti")
        .join(own, on=["host", "process", "address"], how="left")
        .join(anywhere, on=["process", "address"], how="left")
        .with_columns(domain=pl.coalesce("own_name", "fleet_name"))
        .select(reports.columns)
    )
    return pl.concat([reports, found]).join(channels, on=KEY, how="semi")


def none() -> pl.DataFrame:
    """What `count` gives where there are no aggregates."""
    key = dict.fromkeys(KEY, pl.String())
    reports = pl.DataFrame(schema={**key, "hour": pl.Int64, "count": pl.Int64})
    return count(reports, reports.select("host", "hour"))


def count(reports: pl.DataFrame, heard: pl.DataFrame) -> pl.DataFrame:
    """Judge each channel's whole hours.

    Args:
        reports: named reports with `hour` and `count`.
        heard: `host`, `hour`: hours in which a device sent any report; in such an hour a channel
            without one made no connection. Hours next to an unheard one, and a channel's first
            and last, may be cut and are left out.

    Returns:
        One row a channel: the key, `reports`, `hours`, `connections` and the statistic's four
        values, each named `hourly_...`.
    """
    hourly = reports.group_by(*KEY, "hour").agg(
        pl.col("count").sum(),
        pl.len().alias("rows"),
    )
    spans = hourly.group_by(KEY).agg(
        first=pl.col("hour").min(),
        last=pl.col("hour").max(),
        hourly_reports=pl.col("rows").sum().cast(pl.Int64),
        hourly_connections=pl.col("count").sum(),
    )
    whole = heard
    for beside in (-1, 1):
        neighbours = heard.with_columns(pl.col("hour") + beside)
        whole = whole.join(neighbours, on=["host", "hour"], how="semi")
    spans = spans.sort(KEY).with_row_index("channel")
    series = (
        spans.join(whole, on="host")
        .filter(pl.col("hour") > pl.col("first"), pl.col("hour") < pl.col("last"))
        .join(hourly, on=[*KEY, "hour"], how="left")
        .sort("channel", "hour")
        .select("channel", pl.col("count").fill_null(0))
    )
    sizes = np.bincount(series["channel"].to_numpy(), minlength=spans.height)
    judged = constancy(series["count"].to_numpy(), np.concatenate([[0], np.cumsum(sizes)]))
    values = pl.DataFrame({f"hourly_{name}": values for name, values in judged._asdict().items()})
    return spans.drop("channel", "first", "last").hstack(
        values.with_columns(pl.all().fill_nan(None), hourly_hours=pl.Series(sizes, dtype=pl.Int64))
    )
