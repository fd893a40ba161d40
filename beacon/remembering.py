"""Joins history and timing: slow timers over days, and what is new, returning or common."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from beacon import history, timing
from beacon.frames import even_mixture
from beacon.history import Ledger
from beacon.schema import KEY
from beacon.settings import HistorySettings

DAILY_POLLS = 1.5
"""Up to so many polls a day on average, the time of day is what tells a schedule."""
OWN_TIMER = 2.0
"""log10 Bayes factor from which a service has a timer of its own: it needs no company, and must not
lend its timer to what else the program contacts."""
MEASURED = {
    "history_evidence": pl.Float64(),
    "history_period_seconds": pl.Float64(),
    "history_jitter_fraction": pl.Float64(),
    "history_polls": pl.Int64(),
    "history_days": pl.Int64(),
    "history_pooled": pl.Boolean(),
    "daily_spread_seconds": pl.Float64(),
}
FACTS = {
    "first_seen_ever": pl.Datetime("ns", "UTC"),
    "days_seen": pl.Int64(),
    "days_known": pl.Int64(),
    "history_hosts": pl.Int64(),
    "history_fleet": pl.Int64(),
}
_BOUND = 300.0


def nothing() -> pl.DataFrame:
    """What `recall` gives without a history."""
    return pl.DataFrame(schema={**dict.fromkeys(KEY, pl.String()), **FACTS, **MEASURED})


def recall(
    ledger: Ledger,
    channels: pl.DataFrame,
    today: pl.DataFrame,
    first: datetime,
    settings: HistorySettings,
) -> pl.DataFrame:
    """What the history adds to today's channels; only what lies before the export counts.

    Args:
        ledger: the history.
        channels: today's: the key, `service`, `first_seen`.
        today: rows of `history.CHANNELS` of the export.
        first: when the export begins.
        settings: how far back to look.

    Returns:
        One row a channel: the key and the columns of `FACTS` and `MEASURED`; the latter are null
        for channels that are fast or were seen on one day only.
    """
    # The ledger keeps whole milliseconds: the export's own first row must not count as earlier.
    first = first.replace(microsecond=first.microsecond // 1000 * 1000)
    oldest = first.date() - timedelta(days=settings.lookback_days)
    days = [day for day in ledger.days() if oldest <= day <= first.date()]
    past = history.earlier(ledger, channels, first, days)
    told = history.facts(ledger, channels, first, days)
    alone = _measure(*history.series(past, today))
    sure = alone.filter(pl.col("history_evidence") >= OWN_TIMER)
    past, today, others = (
        rows.filter(pl.col("service").fill_null("") != "").join(sure, on=KEY, how="anti")
        for rows in (past, today, channels)
    )
    host_process = ["host", "process"]
    pooled = _measure(*history.series(past, today, host_process))
    rotating = pooled.filter(pl.col("domains") >= 2).drop("domains")
    services = others.select(KEY).join(rotating, on=host_process)
    both = pl.concat(
        [
            alone.drop("domains").with_columns(history_pooled=pl.lit(value=False)),
            services.with_columns(history_pooled=pl.lit(value=True)),
        ],
        how="diagonal",
    )
    best = both.sort("history_evidence", descending=True, nulls_last=True, maintain_order=True)
    # Two looks at most: the mean of their Bayes factors, never more than the better one's.
    looks = pl.col("history_evidence").len().over(KEY)
    chosen = best.with_columns(
        history_evidence=pl.col("history_evidence") - looks.cast(pl.Float64).log10()
    ).unique(KEY, keep="first", maintain_order=True)
    return told.join(chosen, on=KEY, how="left", maintain_order="left").select(
        pl.col(name).cast(dtype) for name, dtype in nothing().schema.items()
    )


def combine(timed: pl.DataFrame, recalled: pl.DataFrame) -> pl.DataFrame:
    """Let the days before speak beside today, where they saw the channel too.

    As the days hold today's connections as well, the evidence is that of an even mixture; period
    and jitter come from the one with more of it, and so does `polls`.

    Args:
        timed: channels with timing_evidence, period_seconds, jitter_fraction, polls, event_polls,
            strand.
        recalled: what `recall` gives.
    """
    both = timed.join(recalled, on=KEY, how="left", maintain_order="left")
    speaks = (pl.col("history_evidence").is_not_null() & (pl.col("strand") == 0)).fill_null(
        value=False
    )
    a, b = pl.col("timing_evidence"), pl.col("history_evidence")
    better = speaks & (b > a)
    mixture = even_mixture(a, b)
    return both.with_columns(
        timing_evidence=pl.when(speaks).then(mixture).otherwise(a),
        history_evidence=pl.when(speaks).then(b),  # of the whole channel, not of its strands
        polls=pl.when(speaks).then(pl.max_horizontal("polls", "history_polls")).otherwise("polls"),
        **{
            name: pl.when(better).then(pl.col(f"history_{name}")).otherwise(pl.col(name))
            for name in ("period_seconds", "jitter_fraction")
        },
    )


def _measure(
    keys: pl.DataFrame, times: NDArray[np.float64], offsets: NDArray[np.int64]
) -> pl.DataFrame:
    """A timer over days: by its gaps or, where it polls once a day, by its time of day."""
    found = timing.score(times, offsets)
    number, days = np.diff(offsets), keys["days"].to_numpy()
    is_daily = number < DAILY_POLLS * days
    daily = history.fixed_clock(*_first_of_day(times, offsets))
    evidence = np.where(is_daily, daily.evidence, found["evidence"].to_numpy())
    scheduled = is_daily & (daily.evidence > 0)
    day = history.daily.DAY_SECONDS
    period = np.where(is_daily, day, found["period_seconds"].fill_null(np.nan).to_numpy())
    jitter = np.where(
        is_daily, daily.spread_seconds / day, found["jitter_fraction"].fill_null(np.nan).to_numpy()
    )
    period, jitter = (np.where(is_daily & ~scheduled, np.nan, v) for v in (period, jitter))
    return keys.with_columns(
        history_evidence=pl.Series(np.clip(evidence, -_BOUND, _BOUND), dtype=pl.Float64),
        history_period_seconds=pl.Series(period, dtype=pl.Float64, nan_to_null=True),
        history_jitter_fraction=pl.Series(jitter, dtype=pl.Float64, nan_to_null=True),
        history_polls=found["polls"].cast(pl.Int64),
        history_days=pl.col("days"),
        daily_spread_seconds=pl.Series(
            np.where(is_daily, daily.spread_seconds, np.nan), dtype=pl.Float64, nan_to_null=True
        ),
    ).drop("days")


def _first_of_day(
    times: NDArray[np.float64], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    owner = np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
    day = times // history.daily.DAY_SECONDS
    new = np.ones(times.size, bool)
    new[1:] = (owner[1:] != owner[:-1]) | (day[1:] != day[:-1])
    sizes = np.bincount(owner[new], minlength=offsets.size - 1)
    return times[new], np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
