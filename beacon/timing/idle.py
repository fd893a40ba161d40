"""The regular-looking gaps that no timer makes: idle time-outs and mildly varied waiting."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from beacon.timing.batch import Batch

Array = NDArray[Any]


def log_evidence(batch: Batch, x: Array, log_b: Array) -> Array:
    """Log evidence, against the background, of waiting: the mean of it and of two ways to wait.

    Idle: a time-out a (the 2 % quantile) and then an exponential wait. Gamma: shape at most 4
    (a coefficient of variation of at least a half), Minka's (2002) closed form. Each with 5 % of
    other gaps and one parameter's Occam factor ln(n + 1).

    Args:
        batch: R series side by side.
        x: (R, W) ln gaps in ascending order, padding last.
        log_b: (R, W) their log background density.
    """
    n = batch.size
    here = np.arange(n.size)
    gaps = np.exp(x)
    start = gaps[here, (0.02 * n).astype(np.int64)]
    scale = np.maximum((gaps[here, n // 2] - start) / np.log(2), 0.5 * start)
    wait = gaps - start[:, None] * (1 - 1e-9)
    idle = np.where(wait >= 0, x - np.log(scale)[:, None] - wait / scale[:, None], -40.0)
    mean = np.where(batch.real, gaps, 0).sum(1) / n
    s = np.maximum(np.log(mean) - np.where(batch.real, x, 0).sum(1) / n, 1e-9)
    shape = np.minimum((3 - s + np.sqrt((s - 3) ** 2 + 24 * s)) / (12 * s), 4.0)
    unit = (shape / mean)[:, None]
    norm = (gammaln(shape) - shape * np.log(unit[:, 0]))[:, None]
    gamma = shape[:, None] * x - gaps * unit - norm
    either = np.logaddexp(_mixed(batch, idle - log_b), _mixed(batch, gamma - log_b))
    average: Array = np.logaddexp(0, either) - np.log(3)
    return average


def _mixed(batch: Batch, log_ratio: Array) -> Array:
    mixed = np.log(0.05 + 0.95 * np.exp(np.minimum(log_ratio, 30)))
    total: Array = np.where(batch.real, mixed, 0).sum(1, dtype=float) - np.log(batch.size + 1)
    return total
