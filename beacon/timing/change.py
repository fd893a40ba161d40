"""When one period does not tell all: a change of interval, and a machine that sleeps at night."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from beacon.timing.batch import Batch

Array = NDArray[Any]

DAY = 86_400.0
FEWEST = 4
LEAST_SHARE = 0.15
"""Gaps, and share of them, that a part with an interval of its own has at least."""


class Part(NamedTuple):
    """One interval of a series.

    Attributes:
        changed: (R,) whether there is another.
        period, spread: (R,) seconds, and standard deviation / period.
        inside: (R, W) the gaps of this part.
    """

    changed: Array
    period: Array
    spread: Array
    inside: Array


def longer_part(batch: Batch, period: Array, spread: Array) -> Part:
    """Cut the series where its interval changes, and keep the part with more gaps.

    Normal gaps of one mean and variance before the cut and another after it, against the same
    for all: the log likelihood must gain 2 ln n + 3 at the best cut (four numbers, and the place).
    """
    reach = np.clip(3.5 * spread, 0.1, 0.8)[:, None]
    error = batch.gaps / period[:, None] - 1
    near = (np.abs(error) < reach) & batch.real
    error = np.where(near, error, 0)
    moments = np.stack([near, error, error**2]).cumsum(2)
    whole = moments[:, :, -1:]
    rest = whole - moments
    floor = (2 * (batch.blur / period) ** 2 + 1e-4)[:, None]
    gain = 0.5 * (_cost(whole, floor) - _cost(moments, floor) - _cost(rest, floor))
    n = whole[0]
    least = np.maximum(FEWEST, LEAST_SHARE * n)
    gain = np.where((moments[0] >= least) & (rest[0] >= least), gain, -np.inf)
    cut, here = gain.argmax(1), np.arange(period.size)
    changed = gain[here, cut] > 2 * np.log(np.maximum(n[:, 0], 2)) + 3
    before = moments[0, here, cut] >= rest[0, here, cut]
    count, mean, power = np.where(before, moments[:, here, cut], rest[:, here, cut])
    mean = mean / np.maximum(count, 1)
    own = np.sqrt(np.maximum(power / np.maximum(count, 1) - mean**2, 0)) / (1 + mean)
    column = np.arange(near.shape[1])
    inside = (column <= cut[:, None]) == before[:, None]
    return Part(
        changed,
        np.where(changed, period * (1 + mean), period),
        np.where(changed, np.clip(own, 0.01, 0.35), spread),
        inside | ~changed[:, None],
    )


def _cost(moments: Array, floor: Array) -> Array:
    """N ln variance of numbers of which these are the count, the sum and the sum of squares."""
    n, total, square = moments
    several = np.maximum(n, 1)
    cost: Array = n * np.log(np.maximum(square / several - (total / several) ** 2, 0) + floor)
    return cost


def inside_the_day(batch: Batch, period: Array, spread: Array) -> tuple[Array, Array, Array]:
    """See through working hours, which make a slower timer look like a daily one.

    Where the period is a day, yet a fifth of the gaps are much shorter and of one length, their
    length is the interval and the day is the machine's.

    Returns:
        (R,) whether so; period in seconds; spread.
    """
    daily = np.abs(np.log(period / DAY)) < 0.09
    short = (batch.gaps > 0.02 * DAY) & (batch.gaps < 0.6 * DAY) & batch.real
    number = short.sum(1)
    x = np.where(short, np.log(batch.gaps), 0)
    mean = x.sum(1) / np.maximum(number, 1)
    wide = np.sqrt(np.where(short, (x - mean[:, None]) ** 2, 0).sum(1) / np.maximum(number, 1))
    seen = daily & (number >= np.maximum(3, 0.2 * batch.size)) & (wide < 0.35)
    return seen, np.where(seen, np.exp(mean), period), np.where(seen, wide.clip(0.05), spread)
