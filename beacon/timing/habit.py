"""People who set a timer like round numbers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

ROUND_SECONDS = np.array(
    [1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 600, 900, 1200, 1800, 2700, 3600,
     7200, 10_800, 14_400, 21_600, 28_800, 43_200, 86_400], float
)  # fmt: skip
CHOSEN = 0.5
"""Share of timers with a round period, before jitter that shifts the mean."""
DELAY_SECONDS = 1.5
"""A loop that sleeps a round time comes back later by the time its work takes."""


def log_prior_ratio(period: Array, uncertainty: Array) -> Array:
    """Log of how much likelier this period is for a timer than for chance gaps.

    Timers: `CHOSEN` round, uniform from the round time to `DELAY_SECONDS` later (widened by the
    uncertainty), the rest like chance. Chance: log-normal round e^4 s with log-sd 2.5.

    Args:
        period: (R,) seconds.
        uncertainty: (R,) standard error of the period / period.
    """
    x = np.log(period)
    right = np.searchsorted(ROUND_SECONDS, period * (1 + uncertainty) + 0.05, side="right")
    density = np.zeros_like(x)
    for index in (right - 1, right):
        near = ROUND_SECONDS[np.clip(index, 0, ROUND_SECONDS.size - 1)]
        low = np.log(near) - 0.002 - 2 * uncertainty
        high = np.log(near + np.minimum(DELAY_SECONDS, near / 10)) + 0.002 + 2 * uncertainty
        inside = (x >= low) & (x <= high)
        density = np.where(inside, np.maximum(density, 1 / (high - low)), density)
    chance = np.exp(-0.5 * ((x - 4) / 2.5) ** 2) / (2.5 * np.sqrt(2 * np.pi))
    chosen = CHOSEN * density / ROUND_SECONDS.size / np.maximum(chance, 0.01)
    ratio: Array = np.log(1 - CHOSEN + chosen)
    return ratio
