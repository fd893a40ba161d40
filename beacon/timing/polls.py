"""From connections to polls: events that follow each other closely are one visit."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BURSTS = (4.0, 1.0, 0.25)
"""Seconds within which connections are one poll, the longest that fits first."""


def gaps_inside(times: Floats, offsets: Integers) -> tuple[Floats, Integers]:
    """Time to the previous event of the same series, and the series it belongs to.

    Returns:
        (gaps, owners): the first event of a series has the gap infinity.
    """
    owners = np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
    gaps = np.full(times.size, np.inf)
    gaps[1:] = np.diff(times)
    gaps[offsets[:-1][np.diff(offsets) > 0]] = np.inf
    return gaps, owners


def burst_seconds(gaps: Floats, owners: Integers, series: int) -> Floats:
    """Choose for each series how close two connections of one poll may be.

    The longest of `BURSTS` that leaves most gaps longer than three times itself: only then is a
    period, if there is one, clear of the edge that collapsing cuts into the gaps.
    """
    chosen = np.full(series, BURSTS[-1])
    for burst in reversed(BURSTS[:-1]):
        apart = np.bincount(owners[(gaps > burst) & np.isfinite(gaps)], minlength=series)
        clear = np.bincount(owners[(gaps > 3 * burst) & np.isfinite(gaps)], minlength=series)
        chosen[(clear >= 2) & (2 * clear >= apart)] = burst
    return chosen


def collapse(times: Floats, offsets: Integers) -> tuple[Floats, Integers, Floats]:
    """Keep the first event of every burst.

    Args:
        times: (N,) seconds, ascending inside each series.
        offsets: (G + 1,); series g is times[offsets[g]:offsets[g + 1]].

    Returns:
        (times, offsets) of the polls, and the burst length in seconds used for each series.
    """
    gaps, owners = gaps_inside(times, offsets)
    bursts = burst_seconds(gaps, owners, offsets.size - 1)
    starts = gaps > bursts[owners]
    kept = np.concatenate(([0], np.cumsum(starts)))
    return times[starts], kept[offsets], bursts
