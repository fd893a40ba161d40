"""Wide jitter has edges: most gaps fill one interval evenly and hardly any lie outside."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from beacon.timing.batch import Batch

Array = NDArray[Any]

SHARES = (1.0, 0.9, 0.75, 0.5)
WIDEST = 0.58
"""Half-width / middle; a wider interval is no timer."""


def log_evidence(batch: Batch, x: Array, log_b: Array) -> Array:
    """Log evidence of uniform gaps in the shortest interval that holds a share of them.

    With m of n gaps inside, r = (m + 1/2)/(n + 1), W the interval's width in ln g stretched to
    its expectation: m ln(r / W) - sum_inside ln b + (n - m) ln(1 - r) - 2 ln(m + 1); the mean
    over `SHARES`.

    Args:
        batch: R series side by side.
        x: (R, W) ln gaps in ascending order, padding last.
        log_b: (R, W) their log background density.
    """
    n, width = batch.size, x.shape[1]
    ahead = np.concatenate((np.zeros((n.size, 1)), np.cumsum(log_b, 1, dtype=float)), axis=1)
    column = np.arange(width)
    parts = np.full((len(SHARES), n.size), -30.0)
    for row, share in enumerate(SHARES):
        m = np.maximum(np.ceil(share * n).astype(np.int64), 2)
        right = np.minimum(column + m[:, None] - 1, width - 1)
        length = np.take_along_axis(x, right, 1) - x
        length = np.where(column <= (n - m)[:, None], length, np.inf)
        left = length.argmin(1)
        here = np.arange(n.size)
        shortest = length[here, left]
        low = np.exp(x[here, left])
        blur = 2 * batch.blur / low
        inside = ahead[here, left + m] - ahead[here, left]
        r = (m + 0.5) / (n + 1)
        stretched = shortest * (m + 1) / (m - 1) + blur
        value = m * np.log(r / stretched) - inside + (n - m) * np.log1p(-r) - 2 * np.log(m + 1)
        parts[row] = np.where(np.tanh(shortest / 2) < WIDEST, value, -30.0)
    top = parts.max(0)
    mean: Array = top + np.log(np.exp(parts - top).mean(0))
    return mean
