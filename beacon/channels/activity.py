"""The shape of a channel's day: how many connections in each slice of it."""

import numpy as np
import polars as pl

from beacon.channels.channel import Channels

_SHORTEST_SPAN_SECONDS = 1e-3  # float64 seconds since 1970 are good to a microsecond
_FEWEST_DRAWN = 3  # connections below which a timeline shows nothing


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
    lists = pl.Series("activity", counts.reshape(-1, slices), pl.Array(pl.Int32, slices))
    places = pl.Series(np.cumsum(drawn) - 1).to_frame("place")
    taken = places.select(pl.when(pl.Series(drawn)).then("place")).to_series()
    return lists.arr.to_list().gather(taken)
