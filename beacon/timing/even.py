"""The simplest stories, weighed exactly: every gap is one period, or a time-out and then a wait.

Nothing is fitted: periods, spreads, time-outs and rates are integrated out. With a few polls a fit
would flatter both stories; with many they ask only whether a series is as plain as that.
"""

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from beacon.timing import habit
from beacon.timing.batch import Batch

Array = NDArray[Any]

SPREADS = np.geomspace(0.001, 0.35, 10)
"""Standard deviation / period of normal jitter, all as likely."""
WIDEST = 0.6
"""Flat jitter: shares of the period up to this are as likely."""
WORK_SECONDS = (0.05, 0.3, 1.0)
"""Later than a round time by the time that a poll's work takes."""
RATES = 10.0
"""Ln of the range over which a waiting rate may lie."""
TIME_OUTS = 5
"""Round time-outs tried, from the longest that fits."""
LOWEST = -60.0


def log_evidence(batch: Batch, x: Array, log_b: Array) -> dict[str, Array]:
    """Log evidence of each story against the background.

    Args:
        batch: R series side by side.
        x: (R, W) ln gaps, in any order.
        log_b: (R, W) their log background density.

    Returns:
        name -> (R,): `even`, one period, round in `habit.CHOSEN` of the cases, with normal, flat
        (both ways) or shortening jitter; `idle`, a round time-out and an exponential wait.
    """
    n = batch.size.astype(float)
    gaps = np.where(batch.real, np.exp(np.where(batch.real, x, 0)), 0)
    low, high = np.where(batch.real, gaps, np.inf).min(1), gaps.max(1)
    ground = np.where(batch.real, x - log_b, 0).sum(1, dtype=float)
    even = np.logaddexp(_normal(batch, gaps, n), _flat(n, low, high, batch.blur))
    idle = _idle(n, low, gaps.sum(1), batch.blur)
    return {
        "even": np.maximum(ground + even, LOWEST),
        "idle": np.maximum(ground + idle, LOWEST),
    }


def _normal(batch: Batch, gaps: Array, n: Array) -> Array:
    """Normal gaps; over the mean in closed form, weighed where it is found."""
    mean = gaps.sum(1) / n
    square = np.where(batch.real, gaps - mean[:, None], 0) ** 2
    square, x = square.sum(1), np.log(mean)
    chance = -0.5 * ((x - 4) / 2.5) ** 2 - np.log(2.5 * np.sqrt(2 * np.pi)) - x
    total = np.full(n.size, -np.inf)
    for spread in SPREADS:
        variance = (spread * mean) ** 2 + 2 * batch.blur**2
        fit = -0.5 * ((n - 1) * np.log(2 * np.pi * variance) + np.log(n) + square / variance)
        error = np.sqrt(variance / n) / mean
        total = np.logaddexp(total, fit + habit.log_prior_ratio(mean, error))
    result: Array = total + chance - np.log(2 * SPREADS.size)
    return result


def _flat(n: Array, low: Array, high: Array, blur: Array) -> Array:
    """Gaps anywhere in k (1 - j) to k, or to k (1 + j), for round k; over j in closed form."""
    rounds = habit.ROUND_SECONDS
    after = np.searchsorted(rounds, high, side="right")
    total = np.full(n.size, -np.inf)
    for step, work in itertools.product((-1, 0, 1, 2), WORK_SECONDS):
        k = rounds[np.clip(after + step, 0, rounds.size - 1)]
        inside = (after + step >= 0) & (after + step < rounds.size)
        late = work * np.minimum(1, k / 15)
        slack = (2 * blur + 0.3 * late) / k + 0.002
        shortest, longest = (low - late) / k, (high - late) / k
        for both in (False, True):
            least = np.maximum(1 - shortest, slack)
            least = np.maximum(least, longest - 1) if both else least
            fits = inside & (least < WIDEST) & (both | (longest < 1 + slack))
            least = np.minimum(least, 0.999 * WIDEST)
            fit = (1 - n) * np.log(least) + np.log1p(-((least / WIDEST) ** (n - 1)))
            fit -= n * np.log(k * (1 + both)) + np.log((n - 1) * WIDEST)
            total = np.logaddexp(total, np.where(fits, fit, -np.inf))
    result: Array = total + np.log(habit.CHOSEN / 4 / len(WORK_SECONDS) / rounds.size)
    return result


def _idle(n: Array, low: Array, total: Array, blur: Array) -> Array:
    """Over the rate, a priori 1/rate, and the round time-outs up to the shortest gap."""
    rounds = habit.ROUND_SECONDS
    last = np.searchsorted(rounds, low + 2 * blur, side="right") - 1
    result = np.full(n.size, -np.inf)
    for step in range(TIME_OUTS):
        idle = rounds[np.maximum(last - step, 0)]
        # What is left after the time-outs, never less than the stamps can tell.
        wait = np.maximum(total - n * idle, n * (blur + 1e-3 * idle))
        result = np.logaddexp(result, np.where(last >= step, -n * np.log(wait), -np.inf))
    evidence: Array = result + gammaln(n) - np.log(RATES * rounds.size)
    return evidence
