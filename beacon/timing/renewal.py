"""A timer seen as independent gaps: most are about one period long, some two, in any order.

What the ticks of `train` cannot say of wide jitter, where the teeth of a comb run together.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from beacon.timing.batch import Batch

Array = NDArray[Any]

STEPS = 5
"""Times that the four numbers are fitted to the gaps before the evidence is taken."""
WIDEST = 0.4
"""Standard deviation / period; more varied gaps are no timer."""


def log_evidence(batch: Batch, x: Array, log_b: Array) -> Array:
    """Log evidence, against the background, of gaps about one period T.

    sum ln[(1 - e) (q N(g; T, s^2 T^2) + (1 - q) N(g; 2 T, 2 s^2 T^2)) / b(g) + e] with the blur of
    two stamps in both variances, less 1.5 ln(n + 1) for the fit. T, s, q and e follow from
    expectation-maximisation started at the median gap.

    Args:
        batch: R series side by side.
        x: (R, W) ln gaps in ascending order, padding last.
        log_b: (R, W) their log background density per ln second.
    """
    n = batch.size.astype(np.float32)
    real = batch.real
    median = np.exp(x[np.arange(n.size), (batch.size - 1) // 2]).astype(np.float32)
    gaps = np.where(real, np.exp(np.where(real, x, 0)), 0).astype(np.float32)
    base = np.where(real, x - log_b, 0).astype(np.float32)
    floor = (2 * (batch.blur / median) ** 2).astype(np.float32)
    period, other, seen = median, np.full_like(n, 0.15), np.full_like(n, 0.9)
    square = np.full_like(n, 0.0625)
    for step in range(STEPS + 1):
        scaled = gaps * (1 / period)[:, None]
        variance = square + floor
        height = np.log((1 - other) / (np.sqrt(2 * np.pi * variance) * period))
        # More than e^25 is more than any gap can say.
        one = _tooth(scaled - 1, 0.5 / variance, height + np.log(seen), base)
        two = _tooth(scaled - 2, 0.25 / variance, height + np.log((1 - seen) / np.sqrt(2)), base)
        z = one + two + other[:, None]
        if step == STEPS:
            break
        one *= real / z
        two *= real / z
        first, second = one.sum(1), two.sum(1)
        hits, due = first + second, first + 2 * second
        residual = (one * (scaled - 1) ** 2 + 0.5 * two * (scaled - 2) ** 2).sum(1)
        square = np.clip((residual + 0.04) / (hits + 1) - floor, 1e-4, WIDEST**2)
        mean = ((one + two) * gaps).sum(1) / np.maximum(due, 0.5)
        period = np.where(hits > 0.5, mean, median)
        other = np.clip((n - hits + 0.5) / (n + 2), 0.03, 0.7)
        seen = np.clip((first + 3) / (hits + 3.5), 0.5, 0.99)
    total: Array = np.where(real, np.log(z), 0).sum(1, dtype=float) - 1.5 * np.log(n + 1)
    return total


def _tooth(error: Array, steep: Array, height: Array, base: Array) -> Array:
    log = base - steep[:, None] * error**2
    log += height[:, None]
    ratio: Array = np.exp(np.minimum(log, 25, out=log), out=log)
    return ratio
