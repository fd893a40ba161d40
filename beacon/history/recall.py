"""What the ledger tells of today's channels: since when, how often, who else, and at what times."""

from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from beacon.history.ledger import Ledger
from beacon.schema import KEY


def facts(
    ledger: Ledger, channels: pl.DataFrame, before: datetime, lookback: list[date]
) -> pl.DataFrame:
    """Since when and how often each channel was seen, and how common it is over weeks.

    Args:
        ledger: the history.
        channels: today's: the key, `service`, `first_seen`.
        before: only what was seen earlier counts.
        lookback: the days over which hosts are counted; `first_seen_ever` looks at all.

    Returns:
        The key, `first_seen_ever` (today's first where the ledger knows nothing), `days_seen`
        before today, `days_known` (days on which the host was heard before today: where that is
        0, nothing can be said about novelty), `history_hosts` (hosts with the same process and
        service in the lookback) and `history_fleet`.
    """
    past = ledger.read("channels").filter(pl.col("day") <= before.date())
    moments = pl.col("day").cast(pl.Datetime("ns", "UTC")) + pl.duration(
        milliseconds=pl.col("times").list.first()
    )
    ours = past.join(channels.lazy().select(KEY), on=KEY, how="semi")
    seen = (
        ours.with_columns(at=moments)
        .filter(pl.col("at") < before)
        .group_by(KEY)
        .agg(first=pl.col("at").min(), days_seen=pl.col("day").n_unique().cast(pl.Int64))
    )
    recent = past.filter(pl.col("day").is_in(lookback))
    place = pl.when(pl.col("service").fill_null("") != "").then("service").otherwise("domain")
    alike = (
        recent.with_columns(place=place)
        .group_by("process", "place")
        .agg(history_hosts=pl.col("host").n_unique().cast(pl.Int64))
    )
    heard = ledger.read("hosts").filter(pl.col("day") < before.date())
    known = heard.group_by("host").agg(days_known=pl.col("day").n_unique().cast(pl.Int64))
    fleet = heard.filter(pl.col("day").is_in(lookback)).select(pl.col("host").n_unique())
    seen_, alike_, known_, fleet_ = pl.collect_all([seen, alike, known, fleet])
    joined = (
        channels.with_columns(place=place)
        .join(seen_, on=KEY, how="left")
        .join(alike_, on=["process", "place"], how="left")
        .join(known_, on="host", how="left")
    )
    return joined.select(
        *KEY,
        first_seen_ever=pl.min_horizontal("first", "first_seen"),
        days_seen=pl.col("days_seen").fill_null(0),
        days_known=pl.col("days_known").fill_null(0),
        history_hosts=pl.col("history_hosts").fill_null(0),
        history_fleet=pl.lit(fleet_.item(), pl.Int64),
    )


def earlier(
    ledger: Ledger, channels: pl.DataFrame, before: datetime, lookback: list[date]
) -> pl.DataFrame:
    """Rows of `CHANNELS` in the lookback, of these programs, without the times from a moment on."""
    program = ["host", "process"]
    ours = channels.lazy().select(program).unique()
    rows = ledger.read("channels", lookback).join(ours, on=program, how="semi").collect()
    day_of = pl.col("day") == before.date()
    low = (before - before.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
    cut = rows.filter(day_of).explode("times", "counts").filter(pl.col("times") < low * 1000)
    others = [name for name in rows.columns if name not in ("times", "counts")]
    kept = cut.group_by(others, maintain_order=True).agg("times", "counts").select(rows.columns)
    return pl.concat([rows.filter(~day_of), kept])


def series(
    past: pl.DataFrame, today: pl.DataFrame, by: Sequence[str] = KEY
) -> tuple[pl.DataFrame, NDArray[np.float64], NDArray[np.int64]]:
    """The times of slow channels over days, one channel after the other.

    A channel that keeps more than a few connections in any hour of a day is fast: that day alone
    tells all of its timing, and the channel is left out.

    Args:
        past: rows of `CHANNELS` before today.
        today: rows of `CHANNELS` of today.
        by: what makes a channel; host and process alone pool the services between which a
            program rotates.

    Returns:
        The key of each channel with `days` (two or more) and `domains`, all times in seconds
        since 1970, and the offsets of the channels.
    """
    rows = pl.concat([past.join(today.select(by).unique(), on=by, how="semi"), today])
    told = rows.group_by(by).agg(
        fastest=pl.col("counts").list.max().max(), days=pl.col("day").n_unique()
    )
    slow = told.filter(pl.col("fastest") == 1, pl.col("days") >= 2)
    start = pl.col("day").cast(pl.Datetime("ms")).dt.timestamp("ms")
    flat = (
        rows.join(slow.select(by), on=by, how="semi")
        .explode("times", "counts")
        .with_columns(at=(start + pl.col("times").cast(pl.Int64)) / 1000)
        .sort(*by, "at")
    )
    found = flat.group_by(by, maintain_order=True).agg(
        pl.len(),
        days=pl.col("day").n_unique().cast(pl.Int64),
        domains=pl.col("domain").n_unique().cast(pl.Int64),
    )
    offsets = np.concatenate([[0], found["len"].cum_sum().to_numpy()]).astype(np.int64)
    return found.drop("len"), flat["at"].to_numpy(), offsets
