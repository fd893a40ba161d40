"""Are hourly counts too much alike for anything but a timer?

D = sum (c - mean)^2 / mean over m hours is chi-squared with m - 1 degrees of freedom if the
connections come at random (Fisher's index of dispersion), and larger if their rate varies, they
come in bursts or people rest. So the lower tail at D is a p-value for every null whose variance is
at least its mean. Counts are whole numbers: sum c^2 moves in steps of 2, hence D + 1/mean (a
continuity correction; without it equal counts would have p = 0).

A timer may run for a part of the day, or among other traffic for another part, so the whole series
and each stretch of 6, 12 and 24 hours are asked; the whole has half of the prior.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

Array = NDArray[Any]

FEWEST_HOURS = 4
STRETCHES = (6, 12, 24)
_TIMER = np.logspace(-2.5, -0.3, 16)
"""Variance / mean of a timer's counts, log-uniform: renewal theory gives CV^2 of its gaps."""
_CHANCE = np.logspace(0.0, 1.5, 16)
"""Variance / mean of everything else, log-uniform from random to strongly bursty."""
_BOUNDS = (-1.0, 6.0)
"""Counts that vary refute a timer alone, not one among other traffic."""


class Constancy(NamedTuple):
    """One value a series.

    Attributes:
        evidence: log10 Bayes factor, timer against overdispersed counts; 0 below 4 hours.
        p_value: null: variance at least the mean, stretches counted as trials; 1 below 4 hours.
        period_seconds: 3600 / mean of the best stretch, if each poll makes one connection; nan
            where evidence <= 0.
        jitter_fraction: sd / period of its gaps, from the dispersion of the counts; nan likewise.
    """

    evidence: Array
    p_value: Array
    period_seconds: Array
    jitter_fraction: Array


def constancy(counts: Array, offsets: Array) -> Constancy:
    """Judge series of counts of whole hours, in order, zeros included.

    Args:
        counts: (N,) connections in an hour.
        offsets: (G + 1,) int64; series g is counts[offsets[g]:offsets[g + 1]].
    """
    counts, offsets = np.asarray(counts, float), np.asarray(offsets, np.int64)
    series, start, length, prior = _stretches(offsets)
    totals, squares = (np.concatenate([[0.0], np.cumsum(c)]) for c in (counts, counts**2))
    total, square = (c[start + length] - c[start] for c in (totals, squares))
    log_factor, p_value, mean, dispersion = _judge(length, total, square)
    groups = offsets.size - 1
    mixed = np.bincount(series, prior * 10.0**log_factor, groups)
    known = np.diff(offsets) >= FEWEST_HOURS
    evidence = np.where(known, np.log10(np.where(known, mixed, 1.0)).clip(*_BOUNDS), 0.0)
    smallest = np.ones(groups)
    np.minimum.at(smallest, series, p_value / prior)
    best = np.zeros(groups, np.int64)
    order = np.argsort(log_factor, kind="stable")
    best[series[order]] = order
    found = evidence > 0
    rate, spread = (np.append(value, 1.0)[best] for value in (mean, dispersion))
    return Constancy(
        evidence,
        np.clip(smallest, 1e-300, 1.0),
        np.where(found, 3600 / rate, np.nan),
        np.where(found, np.sqrt(spread), np.nan),
    )


def _stretches(offsets: Array) -> tuple[Array, Array, Array, Array]:
    """Series, start, length and prior of each stretch; the priors of a series sum to 1."""
    hours = np.diff(offsets)
    whole = np.flatnonzero(hours >= FEWEST_HOURS)
    parts = [(whole, offsets[:-1][whole], hours[whole])]
    for size in STRETCHES:
        places = np.maximum(hours - size + 1, 0) * (hours > size)
        owner = np.repeat(np.arange(hours.size), places)
        within = np.arange(owner.size) - np.repeat(np.cumsum(places) - places, places)
        parts.append((owner, offsets[:-1][owner] + within, np.full(owner.size, size)))
    series, start, length = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    others = np.bincount(series, minlength=hours.size)[series] - 1
    is_whole = np.arange(series.size) < whole.size
    prior = np.where(others == 0, 1.0, np.where(is_whole, 0.5, 0.5 / np.maximum(others, 1)))
    return series, start, length, prior


def _judge(hours: Array, total: Array, square: Array) -> tuple[Array, Array, Array, Array]:
    """log10 Bayes factor, p-value, mean count, and dispersion as CV^2 of the gaps."""
    some = total > 0
    freedom: Array = hours - 1.0
    mean: Array = np.where(some, total / hours, 1.0)
    spread = np.maximum(square - mean * total, 0.0)  # sum of (c - mean)^2
    corrected = (spread + 1) / mean

    def log_likelihood(scales: Array) -> Array:
        # D / scale is chi-squared; what does not depend on the scale is left out.
        total: Array = np.full(corrected.shape, -np.inf)
        for scale in scales:
            np.logaddexp(total, -(freedom * np.log(scale) + corrected / scale) / 2, out=total)
        mean_log: Array = total - np.log(scales.size)
        return mean_log

    factor = (log_likelihood(_TIMER) - log_likelihood(_CHANCE)) / np.log(10)
    # Cox (1962), Renewal Theory, chapter 4: var N = CV^2 mean + 1/6 for nearly regular gaps.
    dispersion: Array = np.maximum(spread / freedom - 1 / 6, 0.0) / mean
    p_value = np.where(some, gammainc(freedom / 2, corrected / 2), 1.0)
    return np.where(some, np.clip(factor, -300, 300), 0.0), p_value, mean, dispersion
