"""Adds to each channel every column that the terms read."""

from collections.abc import Mapping

import polars as pl

from beacon.evidence.benign import name_benign
from beacon.evidence.command import read_commands
from beacon.evidence.context import count_development
from beacon.evidence.direction import name_direction
from beacon.evidence.fleet import count_prevalence, name_service
from beacon.evidence.novelty import complete
from beacon.evidence.verdict import recall_verdicts


def observe(
    channels: pl.DataFrame,
    kinds: Mapping[str, str],
    fleet_hosts: int,
    verdicts: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Name the service, read the command lines, count the hosts, name direction and class.

    Args:
        channels: one row a channel: columns of `channels.group`, `timing.score` and `quality`.
        kinds: service term -> kind.
        fleet_hosts: hosts in the export.
        verdicts: what analysts said before, see `recall_verdicts`.
    """
    counts = dict.fromkeys(("sent_bytes", "received_bytes", "long_connections"), pl.Int64)
    absent = {**counts, "is_capped": pl.Boolean}
    channels = complete(recall_verdicts(channels, verdicts)).with_columns(
        pl.lit(None, dtype).alias(name)
        for name, dtype in absent.items()
        if name not in channels.columns
    )
    named = read_commands(name_service(_against_host(channels), kinds))
    return name_benign(count_development(name_direction(count_prevalence(named, fleet_hosts))))


def _against_host(channels: pl.DataFrame) -> pl.DataFrame:
    """Add `span_share`: how much of the time that the host was seen the channel covers.

    From first to last contact and one mean gap: n polls of a timer stand for n periods.
    """
    polls = pl.col("polls")
    longer = pl.when(polls > 1).then(polls / (polls - 1)).otherwise(1.0)
    span = (pl.col("last_seen") - pl.col("first_seen")) * longer
    host = pl.col("host_last") - pl.col("host_first")
    share = span.dt.total_milliseconds() / host.dt.total_milliseconds()
    return channels.with_columns(
        span_share=pl.when(host.dt.total_milliseconds() > 0).then(share.clip(0.0, 1.0))
    )
