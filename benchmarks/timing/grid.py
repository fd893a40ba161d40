"""The grid: labelled series in the kernel's flat form, with the cells each belongs to."""

from typing import NamedTuple

import numpy as np

from benchmarks.timing import negatives, positives


class Grid(NamedTuple):
    """Series g is times[offsets[g]:offsets[g + 1]]; `cells` has one dictionary a series."""

    times: np.ndarray
    offsets: np.ndarray
    positive: np.ndarray
    cells: list


def flat(series):
    """List of arrays -> (times, offsets)."""
    offsets = np.concatenate(([0], np.cumsum([len(s) for s in series]))).astype(np.int64)
    return (np.concatenate(series) if series else np.zeros(0)), offsets


def make(
    seed, positive=8000, negative=24_000, classes=tuple(negatives.CLASSES), without=(), shares=None
):
    """Draw a grid. `without` leaves timer kinds out; negatives take their n from the positives."""
    rng = np.random.default_rng(seed)
    shares = shares or positives.SIZE_SHARES
    kinds = [kind for kind in positives.KINDS if kind not in without]
    series, cells = [], []
    for _ in range(positive):
        times, cell = positives.draw(rng, kind=kinds[rng.integers(len(kinds))], shares=shares)
        series.append(times)
        cells.append(cell)
    sizes = [len(times) for times in series] or [positives.size(rng, shares) for _ in range(999)]
    for i in range(negative):
        name = classes[i % len(classes)]
        series.append(negatives.draw(rng, sizes[rng.integers(len(sizes))], name))
        cells.append({"null": name})
    times, offsets = flat(series)
    return Grid(times, offsets, np.arange(len(series)) < positive, cells)


def size_cell(n):
    """Name of the size bin that n events fall into."""
    for low, high in positives.SIZES[:-1]:
        if n <= high:
            return f"n:{low}-{high}"
    return "n:1001-"
