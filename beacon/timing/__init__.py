"""Is this a machine on a timer? The kernel needs numpy and scipy only; polars wraps it here.

`score` is the frame of `kernel.measure`; `pool.score_channels` looks above single channels.
"""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from beacon.timing.kernel import measure
from beacon.timing.pool import score_channels

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

__all__ = ["as_frame", "measure", "on_one_thread", "score", "score_channels"]


def score(times: "np.ndarray", offsets: "np.ndarray") -> "pl.DataFrame":
    """Score each series of connection times as the work of a timer.

    Args:
        times: (N,) float64 seconds, ascending inside each series.
        offsets: (G + 1,) int64; series g is times[offsets[g]:offsets[g + 1]].

    Returns:
        One row a series, the columns of `kernel.measure`: evidence (log10 Bayes factor, timer
        against human or bursty process; 0 where nothing can be said), p_value (null: not a
        timer), period_seconds, jitter_fraction (standard deviation / period), coverage and share
        (null below three polls), polls.

    Raises:
        ValueError: times are not finite or fall inside a series, or offsets do not cover them.
    """
    with on_one_thread():
        return as_frame(measure(times, offsets))


def on_one_thread() -> AbstractContextManager[Any]:
    """Inside, matrix products stay on one thread.

    On several their last digits are others, and such small ones take half as much again: the
    threads wait for each other.
    """
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(1, user_api="blas")
    return limits


def as_frame(found: "dict[str, np.ndarray]") -> "pl.DataFrame":
    """The arrays of `measure` or `score_channels` as a frame; nan, no timer fits, becomes null."""
    import polars as pl

    return pl.DataFrame(found).with_columns(
        pl.col("period_seconds", "jitter_fraction", "coverage", "share").fill_nan(None)
    )
