"""The period of a timer with wide jitter: what its ticks say, and that people like round numbers.

A mean of n gaps is off by jitter/sqrt(n). The shape of the gaps knows more (a flat one has edges),
and so does habit: a posterior over period, spread, shape and missed polls weighs them together.
"""

import itertools
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from beacon.timing import habit
from beacon.timing.batch import product
from beacon.timing.train import Ticks

Array = NDArray[Any]

STEP = 0.025
BINS, LOWEST = 112, -1.5
"""Bins of ln(time between ticks / first estimate), and where they begin."""
SHIFTS = STEP * np.arange(-16, 17)
"""Ln(period / first estimate) that are weighed."""
SPREADS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.36)
LONGEST = 3.6
"""Periods between two ticks beyond which their time says little of the period."""
LEAST_SHARE = 0.01
"""Chance of being a tick below which a time is not counted."""
SEEN = (0.97, 0.7)
OTHER = (0.03, 0.3)
"""Share of the times between ticks that belong to no tick: pieces of a period, or anything."""
FLAT_EDGE = 0.03
"""Softness of the edges of flat jitter, in periods."""
WORK_SECONDS = (0.0, 0.3, 0.6, 0.9, 1.2)
"""Later than a round time by the time that a poll's work takes."""

FINE, FINE_LOW = 0.005, -1.5


def _density(flat: bool, spread: float, seen: float, u: Array) -> Array:
    """Density of the time u between ticks, in periods."""
    half = np.sqrt(3) * spread
    first = ndtr((u - 1 + half) / FLAT_EDGE) - ndtr((u - 1 - half) / FLAT_EDGE)
    total = np.zeros_like(u)
    for k in (1, 2, 3):
        variance = k * spread**2 + 1e-4
        tooth = np.exp(-0.5 * (u - k) ** 2 / variance) / np.sqrt(2 * np.pi * variance)
        if flat and k == 1:
            tooth = first / (2 * half)
        elif flat and k == 2:
            wide = 2 * half + 1e-3
            tooth = np.maximum(0, 1 - np.abs(u - 2) / wide) / wide
        total += seen * (1 - seen) ** (k - 1) * tooth
    return total


@cache
def _models() -> tuple[Array, Array]:
    """Log density of a bin, the last for what lies outside, and the prior's row of each model.

    Returns:
        (BINS + 1, models x SHIFTS), and (models,): 0, or 1 + place in `SPREADS` if flat.
    """
    rows, which = [], []
    for flat in (False, True):
        for index, spread in enumerate(SPREADS):
            for seen, other in itertools.product(SEEN, OTHER):
                for shift in SHIFTS:
                    u = np.exp(LOWEST + STEP * (np.arange(5 * BINS) + 0.5) / 5 - shift)
                    piece = 0.5 * u * (u < 1 + spread) + 0.125
                    density = (1 - other) * _density(flat, spread, seen, u) * u + other * piece
                    binned = np.log(density.reshape(-1, 5).mean(1))
                    rows.append(np.append(binned, np.log(other * 0.125)))
                which.append(index + 1 if flat else 0)
    return np.array(rows, np.float32).T.copy(), np.array(which)


@cache
def _round_density() -> Array:
    """Density of chosen periods, by `FINE` steps of ln seconds from `FINE_LOW`."""
    x = FINE_LOW + FINE * np.arange(round((13.5 - FINE_LOW) / FINE))
    density = np.zeros_like(x)
    for seconds in habit.ROUND_SECONDS:
        for work in WORK_SECONDS:
            middle = np.log(seconds + min(work, seconds / 16))
            density += np.exp(-0.5 * ((x - middle) / 0.012) ** 2)
    density /= 0.012 * np.sqrt(2 * np.pi) * len(WORK_SECONDS) * habit.ROUND_SECONDS.size
    return density


def _log_prior(first: Array) -> Array:
    """(R, models, SHIFTS) log prior of a period: its own, or that of the longest interval."""
    table = _round_density()
    x = np.log(first)[:, None] + SHIFTS
    smooth = (1 - habit.CHOSEN) * np.exp(-0.5 * ((x - 4.5) / 3) ** 2) / (3 * np.sqrt(2 * np.pi))
    longer = np.concatenate(([0.0], np.log1p(np.sqrt(3) * np.array(SPREADS))))
    place = np.rint((x[:, None] + longer[:, None] - FINE_LOW) * (1 / FINE)).astype(np.int32)
    round_ = table[np.clip(place, 0, table.size - 1)]
    round_[:, 1:] = 0.5 * (round_[:, 1:] + round_[:, :1])
    log = np.log(habit.CHOSEN * round_ + smooth[:, None]).astype(np.float32)
    _, which = _models()
    prior: Array = log[:, which]
    return prior


def best(ticks: Ticks, first: Array) -> Array:
    """The most likely period.

    Args:
        ticks: of R series, their times counted in first estimates.
        first: (R,) first estimate in seconds.

    Returns:
        (R,) seconds: the mean over the best five neighbouring steps of the grid.
    """
    table, which = _models()
    log = product(_counts(ticks), table).reshape(-1, which.size, SHIFTS.size)
    log += _log_prior(first)
    log -= log.max((1, 2), keepdims=True)
    chance = np.exp(log).sum(1)
    padded = np.pad(chance, ((0, 0), (2, 2)))
    together = np.sum([padded[:, k : k + SHIFTS.size] for k in range(5)], axis=0)
    near = np.abs(np.arange(SHIFTS.size) - together.argmax(1)[:, None]) <= 2
    chance = np.where(near, chance, 0)
    result: Array = first * np.exp((chance * SHIFTS).sum(1) / chance.sum(1))
    return result


def _counts(ticks: Ticks) -> Array:
    """(R, BINS + 1) ticks by bin of ln(time since the tick before), the last for all others."""
    rows = ticks.share.shape[-1]
    sure = np.flatnonzero(ticks.share > LEAST_SHARE)
    u = ticks.error.ravel()[sure] + ticks.teeth.ravel()[sure]
    place = ((np.log(np.maximum(u, 0.1)) - LOWEST) * (1 / STEP)).astype(np.int32)
    place[(u < np.exp(LOWEST)) | (u > LONGEST)] = BINS
    place += (BINS + 1) * (sure % rows).astype(np.int32)
    flat = np.bincount(place, ticks.share.ravel()[sure], rows * (BINS + 1))
    counts: Array = flat.reshape(rows, BINS + 1).astype(np.float32)
    return counts
