"""Which periods are worth a close look: combs matched against the histogram of log gaps."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beacon.timing.batch import Batch, product

Array = NDArray[Any]

LOW, HIGH, STEP = -1.4, 12.6, 0.05
BINS = round((HIGH - LOW) / STEP)
TEETH = 12
LEFT_OUT = 0.3
"""Share of gaps that a comb does not explain."""

COMBS = {
    "ticks": (1, ((0.07, 0.93), (0.07, 0.4), (0.22, 0.93))),
    "pooled": (6, ((0.025, 0.6),)),
}
"""Name -> (differences to the last so many polls, ((spread / period, share seen), ...))."""


@cache
def _comb(spread: float, seen: float) -> Array:
    """(BINS of ln gap, BINS of ln period): log density of a gap under a timer of that period."""
    y = STEP * (np.arange(-BINS, BINS, 0.2) + 0.1)
    tooth = np.arange(1, TEETH + 1)[:, None]
    variance = tooth * spread**2 + 2e-4
    weight = seen * (1 - seen) ** (tooth - 1) * np.exp(y) / np.sqrt(2 * np.pi * variance)
    density = (weight * np.exp(-0.5 * (np.exp(y) - tooth) ** 2 / variance)).sum(0)
    binned = density.reshape(-1, 5).mean(1)
    log = np.log((1 - LEFT_OUT) * binned + LEFT_OUT * 0.12)
    return np.stack([log[BINS - t : 2 * BINS - t] for t in range(BINS)], axis=1).astype(np.float32)


def propose(batch: Batch, when: Array) -> dict[str, Array]:
    """Best period of each comb.

    Args:
        batch: R series side by side.
        when: (R, W + 1) seconds since the first poll.

    Returns:
        name of `COMBS` -> (R,) period in seconds, refined by the mean of the gaps near it.
    """
    rows = batch.rows.size
    base = BINS * np.arange(rows, dtype=np.int32)[:, None]
    counts, total, found = [], np.zeros((rows, BINS), np.float32), {}
    for lag in range(1, 7):
        if when.shape[1] > lag:
            gaps = when[:, lag:] - when[:, :-lag]
            real = batch.real[:, lag - 1 :]
            x = (np.log(np.maximum(gaps[real], 1e-3)) - LOW) * (1 / STEP)
            flat = (
                np.clip(x.astype(np.int32), 0, BINS - 1) + np.broadcast_to(base, real.shape)[real]
            )
            total = total + np.bincount(flat, minlength=rows * BINS).reshape(rows, BINS)
        counts.append(total.astype(np.float32))
    for name, (lags, combs) in COMBS.items():
        score = np.full((rows, BINS), -np.inf, np.float32)
        for spread, seen in combs:
            fit = product(counts[min(lags, len(counts)) - 1], _comb(spread, seen))
            np.maximum(score, fit, out=score)
        period = np.exp(LOW + STEP * (score.argmax(1) + 0.5))
        found[name] = _refine(batch, when, lags, period, max(combs[0][0], 0.03))
    return found


def _refine(batch: Batch, when: Array, lags: int, period: Array, spread: float) -> Array:
    """Mean of the differences that lie within two spreads of the period."""
    total, number = np.zeros_like(period), np.zeros_like(period)
    for lag in range(1, min(lags, when.shape[1] - 1) + 1):
        gaps = when[:, lag:] - when[:, :-lag]
        near = (np.abs(gaps / period[:, None] - 1) < 2 * spread) & batch.real[:, lag - 1 :]
        total += np.where(near, gaps, 0).sum(1)
        number += near.sum(1)
    return np.where(number > 0, total / np.maximum(number, 1), period)
