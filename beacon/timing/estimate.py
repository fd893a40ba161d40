"""The period and jitter to report."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from beacon.timing.batch import Batch
from beacon.timing.train import Timer

Array = NDArray[Any]

PLAIN = 0.7
"""Share of gaps within three spreads of the period, from which on they are simply averaged."""


def refine(batch: Batch, timer: Timer) -> tuple[Array, Array]:
    """Period in seconds, and standard deviation of the time between polls / period.

    Where nearly all gaps are one period long their mean and spread are the best there is: the
    forward sum would take some short gaps of a wide jitter for other traffic. Elsewhere the ticks'
    own fit, with the blur of fractional stamps, which is no more than a lower bound, added back.
    """
    period, reach = timer.period, np.clip(3 * timer.spread, 0.08, 0.5)[:, None]
    for _ in range(2):
        near = (np.abs(batch.gaps / period[:, None] - 1) < reach) & batch.real
        number = np.maximum(near.sum(1), 1)
        plain = number >= PLAIN * batch.size
        mean = np.where(near, batch.gaps, 0).sum(1) / number
        period = np.where(plain, mean, period)
    square = np.where(near, batch.gaps - mean[:, None], 0) ** 2
    whole = batch.blur > 0.1
    blur = 2 * (batch.blur / period) ** 2
    direct = square.sum(1) / np.maximum(number - 1, 1) / period**2 - np.where(whole, blur, 0)
    fitted = timer.spread**2 + np.where(whole, 0, blur)
    return period, np.sqrt(np.maximum(np.where(plain, direct, fitted), 0))
