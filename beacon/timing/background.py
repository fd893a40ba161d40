"""What gaps look like when nobody keeps time: smooth on the scale of a factor of two."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beacon.timing.batch import Batch, product

Array = NDArray[Any]

LOW, HIGH, STEP = -1.6, 15.2, 0.2
BINS = round((HIGH - LOW) / STEP)
WIDTH = 1.2
"""Standard deviation of the kernel in ln seconds: the definition of 'regular'."""


@cache
def _kernel(burst: float) -> tuple[Array, Array]:
    """Kernel between bins, reflected at the burst length, and the prior density of a bin.

    The reflection is essential: collapsing cuts the gaps off there, and the edge would else look
    like a narrow mode.
    """
    x = LOW + STEP * (np.arange(BINS) + 0.5)
    normal = -0.5 / WIDTH**2
    direct = np.exp(normal * (x[:, None] - x) ** 2)
    mirror = np.exp(normal * (x[:, None] + x - 2 * np.log(burst)) ** 2)
    kernel = (direct + mirror) / (WIDTH * np.sqrt(2 * np.pi))
    prior = np.exp(-0.5 * ((x - 4) / 2.5) ** 2) / (2.5 * np.sqrt(2 * np.pi))
    return kernel.astype(np.float32), prior.astype(np.float32)


def bins(x: Array) -> Array:
    """Bin of a log gap."""
    return np.clip(((x - LOW) * (1 / STEP)).astype(np.int32), 0, BINS - 1)


def log_density(batch: Batch, x: Array) -> Array:
    """Leave-one-out kernel density of each log gap, given all others of its series.

    ln b(x_i) = ln [(sum_{j != i} K(x_i, x_j) + N(x_i; 4, 2.5^2)) / n], K normal with sd `WIDTH`
    plus its mirror image at the burst length.

    Args:
        batch: R series side by side.
        x: (R, W) ln gaps.

    Returns:
        (R, W) float32; 0 where padded.
    """
    kernel, prior = _kernel(batch.burst)
    rows = batch.rows.size
    flat = bins(x) + BINS * np.arange(rows, dtype=np.int32)[:, None]
    counts = np.bincount(flat[batch.real], minlength=rows * BINS).reshape(rows, BINS)
    density = product(counts.astype(np.float32), kernel) - np.diag(kernel) + prior
    with np.errstate(divide="ignore", invalid="ignore"):
        table = np.log(np.maximum(density, 1e-12) / batch.size[:, None].astype(np.float32))
    return np.where(batch.real, table.ravel()[flat], np.float32(0))
