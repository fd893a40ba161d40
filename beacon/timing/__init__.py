"""Is this a machine on a timer? The kernel needs numpy and scipy only; polars wraps it here."""

from typing import TYPE_CHECKING

from beacon.timing.kernel import measure

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

__all__ = ["measure", "score"]


def score(times: "np.ndarray", offsets: "np.ndarray") -> "pl.DataFrame":
    """Score each series of connection times as the work of a timer.

    Args:
        times: (N,) float64 seconds, ascending inside each series.
        offsets: (G + 1,) int64; series g is times[offsets[g]:offsets[g + 1]].

    Returns:
        One row a series: evidence (log10 Bayes factor, timer against human or bursty process; 0
        where nothing can be said), p_value (null: not a timer), period_seconds, jitter_fraction
        (standard deviation / period; both null where no timer fits), polls.
    """
    import polars as pl

    frame = pl.DataFrame(measure(times, offsets))
    return frame.with_columns(pl.col("period_seconds", "jitter_fraction").fill_nan(None))
