"""Every row's device and hour, counted batch by batch in numpy.

A `group_by` of the same rows takes half as much again, most of it for tables of groups.
"""

from collections.abc import Collection

import numpy as np
import polars as pl
from numpy.typing import NDArray

from beacon.frames import WIDEST_TABLE, Codes, rank
from beacon.lookup import Once
from beacon.schema import AGGREGATED, EVENTS, TIME

_BATCH_ROWS = 500_000  # few hours of each device for as many rows
_CACHED_ROWS = 1 << 14  # whose arrays stay in a core's cache
_HOUR = 3_600_000_000_000
_LATEST = np.iinfo(np.int64).max
_KINDS = {"aggregated": AGGREGATED, "inspected": "Inspected"}
"""Kind of row -> how its ActionType ends."""
_COUNTED: pl.Schema = pl.Schema(
    {
        "device": pl.UInt32(),
        "hour": TIME,
        **dict.fromkeys(("rows", *_KINDS), pl.Int64()),
        "first": TIME,
        "last": TIME,
    }
)


def scan(events: pl.LazyFrame, provided: Collection[str] = EVENTS) -> pl.DataFrame:
    """What `Coverage.hours` holds, in one pass.

    Args:
        events: the export.
        provided: columns that it has.
    """
    words = pl.Series(dtype=pl.Categorical(pl.Categories.random()))
    number = Once(lambda names: (names.cast(words.dtype).to_physical().fill_null(0).to_numpy(),))
    asked = events.select(
        "DeviceName", pl.col("Timestamp").cast(TIME), *{"ActionType"} & {*provided}
    )
    batches = asked.collect_batches(chunk_size=_BATCH_ROWS, maintain_order=False)
    counted = [pl.DataFrame(schema=_COUNTED), *(_count(rows, number) for rows in batches)]
    merged = (pl.col("rows", *_KINDS).sum(), pl.col("first").min(), pl.col("last").max())
    host = pl.col("device").cat.to(words.dtype).cast(pl.String).str.to_lowercase()
    by_device = pl.concat(counted).group_by("device", "hour").agg(*merged)
    return by_device.group_by(host.alias("host"), "hour").agg(*merged).sort("host", "hour")


def _count(rows: pl.DataFrame, number: Once) -> pl.DataFrame:
    """What the rows of a batch add to each device's hours: columns of `_COUNTED`."""
    # A time is there already, but for files that claim in their statistics to have no null.
    if rows["DeviceName"].has_nulls() or rows["Timestamp"].has_nulls():
        rows = rows.drop_nulls(["DeviceName", "Timestamp"])
    if rows.is_empty():
        return pl.DataFrame(schema=_COUNTED)
    time = rows["Timestamp"].to_physical().to_numpy()
    (device,) = number(rows["DeviceName"])
    start = time.min() // _HOUR
    hours = int(time.max() // _HOUR - start) + 1
    size = (int(device.max()) + 1) * hours

    def cells(some: slice) -> Codes:
        cell: Codes = device[some].astype(np.int64) * hours
        cell += time[some] // _HOUR - start
        return cell

    name = None
    if size > WIDEST_TABLE * time.size:  # most hours of most devices are not in this batch
        name = cells(slice(None))
        dense, one = rank(name)
        name, size = name[one], one.size
    told = {kind: _told(rows, end) for kind, end in _KINDS.items()}
    counts = {kind: np.zeros(size, np.int64) for kind in ("rows", *_KINDS)}
    first, last = np.full(size, _LATEST), np.full(size, -_LATEST)
    for at in range(0, time.size, _CACHED_ROWS):
        some = slice(at, at + _CACHED_ROWS)
        cell = cells(some) if name is None else dense[some]
        np.add.at(counts["rows"], cell, 1)
        np.minimum.at(first, cell, time[some])
        np.maximum.at(last, cell, time[some])
        for kind, is_told in told.items():
            if is_told is not None:
                np.add.at(counts[kind], cell[is_told[some]], 1)
    met = np.flatnonzero(counts["rows"])
    of_device, hour = np.divmod(met if name is None else name[met], hours)
    found = {
        "device": of_device,
        "hour": (hour + start) * _HOUR,
        **{kind: count[met] for kind, count in counts.items()},
        "first": first[met],
        "last": last[met],
    }
    return pl.DataFrame(found).cast(_COUNTED)


def _told(rows: pl.DataFrame, end: str) -> NDArray[np.bool_] | None:
    """Whether each row's ActionType ends so; None where the source has none."""
    if "ActionType" not in rows.columns:
        return None
    return rows["ActionType"].str.ends_with(end).fill_null(value=False).to_numpy()
