"""Stage 3: connections become channels, one for each host, process and domain.

An hourly aggregate is not a connection and an accepted connection is not a poll: both are counted
in the channel, neither stands on its timeline.
"""

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

KEY = ("host", "process", "domain")

_INBOUND = (
    "InboundConnectionAccepted",
    "InboundInternetScanInspected",
    "ListeningConnectionCreated",
)
_LONGEST_LIST = 20
_SHORTEST_SPAN_SECONDS = 1e-3  # float64 seconds since 1970 are good to a microsecond
_FEWEST_DRAWN = 3  # connections below which a timeline shows nothing


class Channels(NamedTuple):
    """All channels of an export.

    Attributes:
        frame: one row a channel (G rows), sorted by host, process, domain.
        times: float64 seconds since 1970, ascending inside each channel (N values).
        offsets: int64, length G + 1; channel g owns times[offsets[g]:offsets[g + 1]].
        instances: int64 codes of the run of the program behind each time; -1 where unknown.
    """

    frame: pl.DataFrame
    times: NDArray[np.float64]
    offsets: NDArray[np.int64]
    instances: NDArray[np.int64]


def group(rows: pl.DataFrame) -> Channels:
    """Group annotated event rows by (host, process, domain).

    Args:
        rows: canonical event columns, the rule's flags and terms, and the three key columns.
    """
    rows = rows.with_columns(
        on_timeline=on_timeline(), instance=_instance(), is_aggregated=is_aggregated()
    )
    frame = rows.group_by(KEY).agg(*_attributes()).sort(KEY).with_row_index("channel")
    timeline = (
        rows.lazy()
        .filter("on_timeline")
        .select(*KEY, "Timestamp", "instance")
        .join(frame.lazy().select("channel", *KEY), on=KEY)
        .sort("channel", "Timestamp")
        .select("channel", "instance", seconds=pl.col("Timestamp").to_physical() / 1e9)
        .collect()
    )
    sizes = np.bincount(timeline["channel"].to_numpy(), minlength=frame.height)
    return Channels(
        frame.drop("channel"),
        times=timeline["seconds"].to_numpy(),
        offsets=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        instances=timeline["instance"].to_numpy(),
    )


def activity(grouped: Channels, slices: int = 48) -> pl.Series:
    """Connections in each of equal slices from a channel's first_seen to its last_seen.

    Returns:
        G lists of `slices` int32 counts; null for a channel with fewer than 3 connections.
    """
    sizes = np.diff(grouped.offsets)
    drawn = sizes >= _FEWEST_DRAWN
    seen = grouped.frame.select(
        first=pl.col("first_seen").to_physical() / 1e9, last=pl.col("last_seen").to_physical() / 1e9
    )
    first, last = (np.repeat(seen[name].to_numpy(), sizes) for name in ("first", "last"))
    inside = np.repeat(drawn, sizes)
    span = np.maximum(last - first, _SHORTEST_SPAN_SECONDS)
    place = np.clip((grouped.times - first) / span * slices, 0, slices - 1).astype(np.int64)
    row = np.repeat(np.cumsum(drawn) - 1, sizes)
    counts = np.bincount((row * slices + place)[inside], minlength=int(drawn.sum()) * slices)
    lists = iter(counts.reshape(-1, slices).tolist())
    return pl.Series(
        "activity", [next(lists) if draw else None for draw in drawn], pl.List(pl.Int32)
    )


def is_aggregated() -> pl.Expr:
    """An hourly report that stands for many connections (Microsoft Learn, Aggregated reporting)."""
    return pl.col("ActionType").fill_null("").str.ends_with("AggregatedReport")


def on_timeline() -> pl.Expr:
    """An outbound connection at an exact time; unknown action types count as such."""
    inbound = pl.col("ActionType").fill_null("").is_in(_INBOUND)
    return ~is_aggregated() & ~inbound & pl.col("Timestamp").is_not_null()


def _instance() -> pl.Expr:
    """A dense code for each run of a program on a host; -1 where the source names none."""
    run = pl.coalesce(
        pl.when(pl.col("InitiatingProcessUniqueId").fill_null("") != "").then(
            pl.col("InitiatingProcessUniqueId")
        ),
        pl.format(
            "{}/{}",
            pl.col("InitiatingProcessId"),
            pl.col("InitiatingProcessCreationTime").to_physical().fill_null(-1),
        ),
    )
    code = pl.struct("host", run.alias("run")).rank("dense")
    return pl.when(run.is_not_null()).then(code).otherwise(-1).cast(pl.Int64)


def _attributes() -> list[pl.Expr]:
    line = pl.col("InitiatingProcessCommandLine")
    timeline = pl.col("on_timeline")
    return [
        pl.col("matched_domains").explode().drop_nulls().unique().sort(),
        pl.col("matched_process").first(),
        _distinct(pl.col("InitiatingProcessAccountName")).alias("accounts"),
        _distinct(pl.col("InitiatingProcessParentFileName").str.to_lowercase()).alias("parents"),
        line.filter(line != "").mode().min().alias("command_line"),
        timeline.sum().cast(pl.Int64).alias("events"),
        pl.col("is_aggregated").sum().cast(pl.Int64).alias("aggregated_rows"),
        pl.col("instance")
        .filter(pl.col("instance") >= 0)
        .n_unique()
        .cast(pl.Int64)
        .alias("instances"),
        pl.col("Timestamp").min().alias("first_seen"),
        pl.col("Timestamp").max().alias("last_seen"),
        pl.col("IsEncodedCmd").any().alias("is_encoded_cmd"),
        pl.col("IsScheduledOrService").any().alias("is_scheduled_or_service"),
        pl.col("IsScriptingHost").any().alias("is_scripting_host"),
        pl.col("SuspiciousParent").any().alias("suspicious_parent"),
    ]


def _known_instances() -> pl.Expr:
    return pl.col("instance").filter(pl.col("instance") >= 0)


def _distinct(column: pl.Expr) -> pl.Expr:
    return column.filter(column != "").unique().sort().head(_LONGEST_LIST)
