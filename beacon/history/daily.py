"""Once a day at the same time: a schedule, or a person's habit?

Gaps of about a day look regular whoever makes them, so what counts is the spread of the time of
day. With n times of spread s the marginal likelihood, a normal with its mean integrated out, is
sigma^-(n - 1) exp(-(n - 1) s^2 / 2 sigma^2). It is log-uniform from a second to ten minutes for a
schedule, from twenty minutes to five hours for people and what they start.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

DAY_SECONDS = 86_400.0
FEWEST_DAYS = 3
_SCHEDULE = np.logspace(0.0, np.log10(600), 30)
_HABIT = np.logspace(np.log10(1200), np.log10(18_000), 30)
_BOUNDS = (-1.0, 6.0)


class Daily(NamedTuple):
    """One value a series.

    Attributes:
        evidence: log10 Bayes factor, schedule against habit; 0 below three days.
        spread_seconds: standard deviation of the time of day; nan below three days.
    """

    evidence: Array
    spread_seconds: Array


def fixed_clock(times: Array, offsets: Array) -> Daily:
    """Judge series with one time a day.

    Args:
        times: (N,) seconds.
        offsets: (G + 1,) int64; series g is times[offsets[g]:offsets[g + 1]].
    """
    times, offsets = np.asarray(times, float), np.asarray(offsets, np.int64)
    number = np.diff(offsets)
    groups, owner = number.size, np.repeat(np.arange(number.size), number)
    angle = times % DAY_SECONDS * (2 * np.pi / DAY_SECONDS)
    mean = np.arctan2(
        np.bincount(owner, np.sin(angle), groups), np.bincount(owner, np.cos(angle), groups)
    )
    # Midnight is no edge: deviations go round the clock from the circular mean.
    off = np.mod(angle - mean[owner] + np.pi, 2 * np.pi) - np.pi
    off *= DAY_SECONDS / (2 * np.pi)
    centre = np.bincount(owner, off, groups) / np.maximum(number, 1)
    squares = np.bincount(owner, (off - centre[owner]) ** 2, groups)
    freedom = np.maximum(number - 1.0, 1.0)

    def log_likelihood(sigmas: Array) -> Array:
        log = -freedom[:, None] * np.log(sigmas) - squares[:, None] / (2 * sigmas**2)
        peak = log.max(axis=1)
        mean: Array = peak + np.log(np.mean(np.exp(log - peak[:, None]), axis=1))
        return mean

    factor = (log_likelihood(_SCHEDULE) - log_likelihood(_HABIT)) / np.log(10)
    known = number >= FEWEST_DAYS
    return Daily(
        np.where(known, factor.clip(*_BOUNDS), 0.0),
        np.where(known, np.sqrt(squares / freedom), np.nan),
    )
