"""Series of about equal length side by side, so that every measure is one array operation."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LONGEST = 384
"""Gaps looked at in one series; of a longer one, three stretches of 128, evenly spaced."""
ELEMENTS = 120_000
"""Gaps in one batch: small enough to stay in the processor's cache."""

WIDTHS = np.unique((2 * 1.2 ** np.arange(30)).astype(np.int64).clip(max=LONGEST))
"""Columns that a batch may have, so that padding stays below a fifth."""
BLOCK = 64
"""Rows of one matrix product."""


@dataclass(frozen=True)
class Batch:
    """R series of n gaps each, padded to W columns.

    Attributes:
        rows: (R,) which series these are.
        gaps: (R, W) seconds between polls, in order; 1 where padded.
        real: (R, W) False where padded.
        size: (R,) number of gaps n, at least 2.
        burst: seconds to which bursts were collapsed, the same for all.
        blur: (R,) uncertainty of one time stamp in seconds.
    """

    rows: Array
    gaps: Array
    real: Array
    size: Array
    burst: float
    blur: Array

    def take(self, rows: Array) -> "Batch":
        """Some of the series."""
        gaps, real = self.gaps[rows], self.real[rows]
        return Batch(self.rows[rows], gaps, real, self.size[rows], self.burst, self.blur[rows])


def batches(times: Array, offsets: Array, bursts: Array, blur: Array) -> Iterator[Batch]:
    """Put the series with at least three polls beside others of like length."""
    size = np.diff(offsets) - 1
    for burst in np.unique(bursts):
        chosen = np.flatnonzero((size >= 2) & (bursts == burst))
        # What a series says must not depend, even in the last digit, on who is beside it: the
        # width that it is padded to is its own, and so is the order in which its parts are summed.
        rung = np.searchsorted(WIDTHS, np.minimum(size[chosen], LONGEST))
        for width in np.unique(rung):
            alike = chosen[rung == width]
            most = max(1, ELEMENTS // max(int(WIDTHS[width]), 8))
            for start in range(0, alike.size, most):
                rows = alike[start : start + most]
                yield _pad(times, offsets, several(rows), int(WIDTHS[width]), float(burst), blur)


def several(rows: Array) -> Array:
    """Of a single row numpy would sum in another order, and the last digit be another."""
    return np.repeat(rows, 2) if rows.size == 1 else rows


def product(rows: Array, matrix: Array) -> Array:
    """Multiply in blocks of one shape: in other shapes the last digits would be others."""
    padding = np.zeros((-len(rows) % BLOCK, rows.shape[1]), rows.dtype)
    blocks = np.concatenate((rows, padding)).reshape(-1, BLOCK, rows.shape[1])
    result: Array = (blocks @ matrix).reshape(-1, matrix.shape[1])[: len(rows)]
    return result


def _pad(times: Array, offsets: Array, rows: Array, width: int, burst: float, blur: Array) -> Batch:
    full = (np.diff(offsets) - 1)[rows]
    size = np.minimum(full, LONGEST)
    column = np.arange(width)
    third = LONGEST // 3
    skipped = ((column // third) * ((full - third)[:, None] / 2 - third)).astype(np.int64)
    place = column + np.where(full[:, None] > LONGEST, skipped, 0)
    real = column < size[:, None]
    index = offsets[:-1][rows][:, None] + np.where(real, place, 0)
    gaps = np.where(real, times[index + 1] - times[index], 1.0)
    return Batch(rows, gaps, real, size, burst, blur[rows])
