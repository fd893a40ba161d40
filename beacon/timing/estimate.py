"""The period and jitter to report."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from beacon.timing import change, period
from beacon.timing.batch import Batch, several
from beacon.timing.train import Ticks, Timer, ticks

Array = NDArray[Any]

PLAIN = 0.7
"""Share of gaps within three spreads of the period, from which on they are simply averaged."""
EXACT = 0.03
"""Jitter up to which a mean is all that the period needs."""
ROUNDING, WIDEST = 1.4, 0.8
"""Seconds by which whole-second stamps may move a gap off the period, and periods off at most."""
COARSE = 0.1
"""Blur of a stamp / period from which on the shape of the gaps is that of the stamps."""
LOOKS, MOVED = 5, 0.01
"""Times at most that ticks are sought for the period just found, and the least move that counts:
a first estimate that is short takes some long gaps for other traffic, and stays short."""
PIECE, PIECES = 0.3, 0.04
"""Periods, and share of gaps shorter than that, from which on other traffic cuts the gaps up."""


def report(
    batch: Batch,
    when: Array,
    real: Array,
    log_b: Array,
    timer: Timer,
    likely: Array,
    gapwise: Array,
) -> tuple[Array, Array]:
    """Period in seconds, and standard deviation of the time between polls / period.

    Args:
        batch: R series side by side.
        when: (W + 1, R) seconds, one series a column; as for `train.follow`.
        real: (W, R) False where padded.
        log_b: (W, R) log background density.
        timer: the best timer of each series.
        likely: (R,) False where no timer is worth a closer look: plain means do.
        gapwise: (R,) True where gaps say no less than ticks do; a wide jitter's period then follows
            from all of them, unless other traffic cuts them up: to the forward sum the shortest
            are other traffic, and the period too long.
    """
    seconds, jitter, plain = refine(batch, timer)
    rows = several(np.flatnonzero(likely))
    some = batch.take(rows)
    daily, first, spread = change.inside_the_day(some, seconds[rows], timer.spread[rows])
    part = change.longer_part(some, first, np.maximum(spread, jitter[rows]))
    apart = daily | part.changed
    shaped = ~plain[rows] | (batch.blur[rows] < COARSE * seconds[rows])
    wide = several(np.flatnonzero(apart | (shaped & (jitter[rows] > EXACT))))
    rows, spread = rows[wide], np.where(part.changed, part.spread, spread)[wide]
    used = Timer(
        part.period[wide], np.clip(spread, 0.01, 0.35), timer.seen[rows], timer.other[rows]
    )
    inside, apart = part.inside[wide], apart[wide]
    for _ in range(LOOKS):
        if not rows.size:
            break
        _, found = ticks(when[:, rows], real[:, rows], log_b[:, rows], batch.blur[rows], used)
        short = batch.gaps[rows] < PIECE * used.period[:, None]
        whole = gapwise[rows] & ((short & batch.real[rows]).sum(1) <= PIECES * batch.size[rows])
        found.share[:, :, whole] = 0
        found.share[0][:, whole] = real[:, rows[whole]]
        found.share[:] *= inside.T
        seconds[rows] = period.best(found, used.period)
        jitter[rows] = np.where(apart, _spread(found), jitter[rows])
        moved = np.abs(seconds[rows] / used.period - 1) > MOVED
        again = several(np.flatnonzero(moved & ~whole))
        rows, inside, apart = rows[again], inside[again], apart[again]
        used = Timer(seconds[rows], *(values[again] for values in used[1:]))
    return seconds, jitter


def _spread(found: Ticks) -> Array:
    """Standard deviation of one interval / period."""
    variance = (found.share * found.error**2 / found.teeth).sum((0, 1))
    spread: Array = np.sqrt(variance / np.maximum(found.share.sum((0, 1)), 1e-6))
    return spread


def refine(batch: Batch, timer: Timer) -> tuple[Array, Array, Array]:
    """The same from means alone.

    Where nearly all gaps are one period long their mean and spread are the best there is: the
    forward sum would take some short gaps of a wide jitter for other traffic. Elsewhere the ticks'
    own fit, with the blur of fractional stamps, which is no more than a lower bound, added back.

    Returns:
        (R,) period in seconds; jitter; True where they are means.
    """
    whole = batch.blur > 0.1
    reach = np.clip(3 * timer.spread, 0.08, 0.5) + np.where(whole, ROUNDING / timer.period, 0)
    seconds, reach = timer.period, np.minimum(reach, WIDEST)[:, None]
    for _ in range(2):
        near = (np.abs(batch.gaps / seconds[:, None] - 1) < reach) & batch.real
        number = np.maximum(near.sum(1), 1)
        plain = number >= PLAIN * batch.size
        mean = np.where(near, batch.gaps, 0).sum(1) / number
        seconds = np.where(plain, mean, seconds)
    square = np.where(near, batch.gaps - mean[:, None], 0) ** 2
    blur = 2 * (batch.blur / seconds) ** 2
    direct = square.sum(1) / np.maximum(number - 1, 1) / seconds**2 - np.where(whole, blur, 0)
    fitted = timer.spread**2 + np.where(whole, 0, blur)
    return seconds, np.sqrt(np.maximum(np.where(plain, direct, fitted), 0)), plain
