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


def batches(times: Array, offsets: Array, bursts: Array, blur: Array) -> Iterator[Batch]:
    """Sort the series with at least three polls by length and cut them into batches."""
    size = np.diff(offsets) - 1
    for burst in np.unique(bursts):
        chosen = np.flatnonzero((size >= 2) & (bursts == burst))
        chosen = chosen[np.argsort(size[chosen], kind="stable")]
        start = 0
        while start < chosen.size:
            width = min(int(size[chosen[start]]), LONGEST)
            stop = min(start + max(1, ELEMENTS // max(width, 8)), chosen.size)
            # A batch ends where padding would exceed a quarter.
            limit = np.searchsorted(size[chosen], width * 1.25 + 1, side="right")
            stop = max(start + 1, min(stop, int(limit)) if width < LONGEST else stop)
            yield _pad(times, offsets, chosen[start:stop], float(burst), blur)
            start = stop


def _pad(times: Array, offsets: Array, rows: Array, burst: float, blur: Array) -> Batch:
    full = (np.diff(offsets) - 1)[rows]
    size = np.minimum(full, LONGEST)
    column = np.arange(int(size.max()))
    third = LONGEST // 3
    skipped = ((column // third) * ((full - third)[:, None] / 2 - third)).astype(np.int64)
    place = column + np.where(full[:, None] > LONGEST, skipped, 0)
    real = column < size[:, None]
    index = offsets[:-1][rows][:, None] + np.where(real, place, 0)
    gaps = np.where(real, times[index + 1] - times[index], 1.0)
    return Batch(rows, gaps, real, size, burst, blur[rows])
