"""Rows become channels: texts once a combination, times in one sort of whole numbers."""

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from beacon.channels.channel import Channels
from beacon.channels.texts import describe, is_aggregated, on_timeline
from beacon.channels.volume import volume
from beacon.frames import Codes, arrange, codes, rank
from beacon.schema import KEY, TIME

Label = Callable[[pl.DataFrame], pl.DataFrame]

TEXTS = (
    "DeviceName",
    "InitiatingProcessFileName",
    "RemoteUrl",
    "RemoteIP",
    "ActionType",
    "InitiatingProcessCommandLine",
    "InitiatingProcessParentFileName",
    "InitiatingProcessAccountName",
    "InitiatingProcessAccountDomain",
    "InitiatingProcessFolderPath",
    "InitiatingProcessIntegrityLevel",
    "InitiatingProcessVersionInfoOriginalFileName",
)
"""What the key, the label and the attributes of a channel are made of."""
_RUN = ("InitiatingProcessUniqueId", "InitiatingProcessId", "InitiatingProcessCreationTime")


def group(
    rows: pl.DataFrame, label: Label = lambda rows: rows, by: Sequence[str] = KEY
) -> Channels:
    """Group event rows by (host, process, domain).

    Args:
        rows: columns of `schema.EVENTS`, all rows of some hosts; text may be Categorical, and
            columns that the source lacks may be absent.
        label: adds the rule's flags and terms and the three key columns to some of these rows.
        by: what makes a channel; `split` asks for more than the key.
    """
    combination, first = rank(codes(rows, [name for name in TEXTS if name in rows.columns]))
    texts = _as_text(label(_complete(rows[first]))).with_columns(
        on_timeline=on_timeline(), is_aggregated=is_aggregated()
    )
    channel, one = rank(codes(texts, by))
    number = pl.col("rows")
    texts = texts.with_columns(
        channel=channel, rows=np.bincount(combination, minlength=channel.size)
    )
    counted = (
        texts.group_by("channel")
        .agg(
            number.sum(),
            events=(number * pl.col("on_timeline")).sum(),
            aggregated_rows=(number * pl.col("is_aggregated")).sum(),
        )
        .sort("channel")
    )
    owner = channel[combination]
    instance = _instances(rows, codes(texts, ["host"])[combination])
    ticks, timed, known = arrange(
        owner,
        rows["Timestamp"].to_physical().to_numpy(),
        texts["on_timeline"].to_numpy()[combination],
        instance,
    )
    ends = counted["rows"].cum_sum().to_numpy()
    measured = counted.select(
        "events",
        "aggregated_rows",
        instances=_count_distinct(owner, instance, one.size),
        first_seen=pl.Series(ticks[ends - counted["rows"].to_numpy()]).cast(TIME),
        last_seen=pl.Series(ticks[ends - 1]).cast(TIME),
    )
    notes = rows.get_column("AdditionalFields", default=None)
    parts = (
        texts[one].select(by),
        describe(texts, rows.columns),
        measured,
        volume(notes, owner, one.size),
    )
    return Channels(
        pl.concat(parts, how="horizontal"),
        times=ticks[timed] / 1e9,
        offsets=np.concatenate([[0], np.cumsum(measured["events"])]).astype(np.int64),
        instances=known[timed],
    )


def _complete(rows: pl.DataFrame) -> pl.DataFrame:
    """Columns that the source lacks are null."""
    absent = [name for name in TEXTS if name not in rows.columns]
    return rows.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)


def _as_text(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.selectors.categorical().cast(pl.String))


def _instances(rows: pl.DataFrame, host: Codes) -> Codes:
    """A code for each run of a program on a host; -1 where the source names none."""
    if not {*_RUN[:2]} & {*rows.columns}:
        return np.full(rows.height, -1)
    unique, number, start = (
        pl.col(name) if name in rows.columns else pl.lit(None, pl.Int64) for name in _RUN
    )
    named = pl.when(unique.cast(pl.String).fill_null("") != "")
    runs = rows.select(
        pl.Series("host", host),
        unique=named.then(unique),
        number=named.then(None).otherwise(number),
        start=named.then(None).otherwise(pl.when(number.is_not_null()).then(start)),
    )
    known = runs.select(pl.any_horizontal(pl.col("unique", "number").is_not_null())).to_series()
    if not known.any():
        return np.full(rows.height, -1)
    return np.where(known.to_numpy(), rank(codes(runs, runs.columns))[0], -1)


def _count_distinct(owner: Codes, code: Codes, size: int) -> Codes:
    """How many codes each owner has; -1 is none."""
    known = code >= 0
    radix = int(code.max(initial=0)) + 1
    pairs = np.sort(owner[known] * radix + code[known])
    new = np.concatenate([[True], pairs[1:] != pairs[:-1]])[: pairs.size]
    return np.bincount(pairs[new] // radix, minlength=size)
