"""The same true traffic as lesser telemetry would show it: capped, and as hourly aggregates.

Sources: FalconForce, "MDE internals 0x03" (one report in 24 hours for each set of distinct field
values; the set for connections is not published, the one here is the obvious one); Microsoft
Learn, "Aggregated reporting" (hourly, by process name, source address, remote address and port).
"""

import polars as pl

from beacon.schema import EVENTS

FIELD_SET = (
    "DeviceName", "ActionType", "Protocol", "RemoteIP", "RemotePort", "RemoteUrl",
    "InitiatingProcessFileName", "InitiatingProcessId", "InitiatingProcessCreationTime",
)  # fmt: skip
"""What two connections must share for the second to go unreported."""
AGGREGATED_BY = ("DeviceName", "InitiatingProcessFileName", "LocalIP", "RemoteIP", "RemotePort")
DAY_SECONDS, HOUR_SECONDS = 86_400, 3_600


def cap(events: pl.DataFrame) -> pl.DataFrame:
    """Only the first connection of each field set in each 24 hours since its first.

    Args:
        events: canonical rows, sorted by Timestamp.
    """
    elapsed = pl.col("Timestamp") - pl.col("Timestamp").min().over(FIELD_SET)
    return (
        events.with_columns(span=elapsed.dt.total_seconds() // DAY_SECONDS)
        .unique([*FIELD_SET, "span"], keep="first", maintain_order=True)
        .drop("span")
    )


def aggregate(events: pl.DataFrame, *, named: bool = False) -> pl.DataFrame:
    """Hourly reports of the successful connections, stamped with the end of their hour.

    A device's hours begin with its service, at a second of the hour that its name decides here.

    Args:
        events: canonical rows.
        named: whether a report carries the RemoteUrl and counts each name apart.
    """
    phase = pl.col("DeviceName").hash(seed=0) % HOUR_SECONDS
    seconds = pl.col("Timestamp").dt.epoch("s")
    hour = (seconds - phase.cast(pl.Int64)) // HOUR_SECONDS
    by = [*AGGREGATED_BY, *(["RemoteUrl"] if named else [])]
    kept = [
        "DeviceId", "Protocol", "RemoteIPType", "InitiatingProcessFolderPath",
        "InitiatingProcessAccountName", "InitiatingProcessParentFileName",
        "InitiatingProcessCommandLine",
    ]  # fmt: skip
    reports = (
        events.filter(pl.col("ActionType") == "ConnectionSuccess")
        .group_by([*by, hour.alias("hour")])
        .agg(*(pl.col(column).first() for column in kept), count=pl.len())
        .with_columns(
            Timestamp=pl.from_epoch(
                (pl.col("hour") + 1) * HOUR_SECONDS + phase.cast(pl.Int64), "s"
            ).dt.replace_time_zone("UTC"),
            ActionType=pl.lit("ConnectionSuccessAggregatedReport"),
            AdditionalFields=pl.concat_str(
                pl.lit('{"uniqueEventsAggregated":'), pl.col("count"), pl.lit("}")
            ),
        )
        .sort("Timestamp", *by)
        .with_row_index("ReportId", offset=10_000_000)
    )
    absent = [pl.lit(None, t).alias(c) for c, t in EVENTS.items() if c not in reports.columns]
    return reports.with_columns(absent).select(pl.col(c).cast(t) for c, t in EVENTS.items())
