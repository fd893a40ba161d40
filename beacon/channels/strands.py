"""Channels in which several programs meet, taken apart."""

import numpy as np
import polars as pl

from beacon.channels.channel import STRAND, Channels
from beacon.channels.group import Label, group
from beacon.schema import KEY

_FEWEST = 3
_MOST = 6
_PARTS = (
    pl.col("InitiatingProcessParentFileName").str.to_lowercase(),
    pl.col("InitiatingProcessFolderPath").str.to_lowercase(),
    pl.col("InitiatingProcessCommandLine").str.replace_all(r"\d+", "0"),
)


def split(rows: pl.DataFrame, label: Label = lambda rows: rows) -> Channels:
    """The strands of the channels that have several.

    A strand is one parent, folder and command line (but for its numbers): an implant in python.exe
    and the developer's own python.exe, both on one service, are two. Strands of fewer than three
    connections, and all but the six busiest of a channel, are left out.

    Args:
        rows: as for `group`.
        label: as for `group`.

    Returns:
        As `group`, one row a strand; `strand` counts from 1 in each channel, busiest first.
    """
    told = {name for part in _PARTS for name in part.meta.root_names()} & {*rows.columns}
    # A source that tells none of these has no strands to look for.
    grouped = group(rows if told else rows.clear(), lambda some: _named(label(some)), STRAND)
    sizes = grouped.frame.select(*KEY, "strand", "events").with_columns(
        place=pl.struct(-pl.col("events"), "strand").rank("ordinal").over(KEY).cast(pl.Int64),
        several=pl.len().over(KEY) > 1,
    )
    kept = sizes.select(
        pl.col("several") & (pl.col("events") >= _FEWEST) & (pl.col("place") <= _MOST)
    ).to_series()
    mask = kept.to_numpy()
    inside = np.repeat(mask, np.diff(grouped.offsets))
    return Channels(
        grouped.frame.with_columns(strand=sizes["place"]).filter(kept),
        times=grouped.times[inside],
        offsets=np.concatenate([[0], np.cumsum(np.diff(grouped.offsets)[mask])]).astype(np.int64),
        instances=grouped.instances[inside],
    )


def _named(texts: pl.DataFrame) -> pl.DataFrame:
    """Add `strand`, the text that tells strands apart."""
    absent = {
        name: pl.lit("").alias(name)
        for part in _PARTS
        for name in part.meta.root_names()
        if name not in texts.columns
    }
    text = texts.with_columns(pl.selectors.categorical().cast(pl.String), *absent.values())
    joined = pl.concat_str([part.fill_null("") for part in _PARTS], separator="\n")
    return texts.with_columns(text.select(joined.alias("strand")).to_series())
