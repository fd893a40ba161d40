"""The ticks of a timer among other traffic: a forward sum over 'which poll was the last tick'.

Each poll is either a tick, timed by one of the polls before it, or traffic that knows no timer.
With pi_l the probability that the last tick was l polls ago, b(g) the background density of the
gap before the poll and f the density of the time since that tick,

    Z = (1 - e) sum_l pi_l f_l / b(g) + e sum_l pi_l + pi_lost,      log Bayes factor = sum ln Z.

f is a comb with teeth at k periods: k - 1 polls were missed (geometric, or doubling back-off).
The sum over parents is what survives traffic in between; `lost` what survives a change of period,
a reboot or a night. Rabiner (1989), Proc. IEEE 77:257, for the forward recursion.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

PARENTS = 6
TEETH = 12
OVERLAP = 0.25
"""Variance of a tooth, in periods squared, from which on it runs into the next."""
FOUND = 0.1
"""Chance that a poll starts a train of ticks while none is under way."""
BACKOFF = 0.08
"""Share of gaps that are 1, 2, 4 or 8 periods long because the timer backs off."""


class Timer(NamedTuple):
    """One hypothesis a series, all (R,).

    Attributes:
        period: seconds.
        spread: standard deviation of a single interval / period.
        seen: chance that a due poll is seen.
        other: chance that a poll is no tick.
    """

    period: Array
    spread: Array
    seen: Array
    other: Array


def _teeth(timer: Timer, floor: Array) -> Array:
    """(TEETH + 2, R) log height of the tooth at k periods; 0 and TEETH + 1 are impossible.

    Where teeth run into each other a gap says nothing.
    """
    k = np.arange(TEETH + 2)[:, None]
    weight = (1 - BACKOFF) * timer.seen * (1 - timer.seen) ** np.maximum(k - 1, 0)
    weight += BACKOFF / 4 * np.isin(k, (1, 2, 4, 8))
    square = timer.spread**2
    weight[(k < 1) | (k > np.clip(OVERLAP / (square + floor), 2, TEETH))] = 1e-30
    height = weight / (np.sqrt(2 * np.pi * (k * square + floor)) * timer.period)
    log: Array = np.log(height).astype(np.float32)
    return log


class Ticks(NamedTuple):
    """Which polls are ticks, and timed by which poll before them; all (PARENTS, W, R).

    Attributes:
        share: chance that the poll is a tick timed by the poll this many before it.
        error: time since that poll in periods, less the nearest whole number.
        teeth: that whole number, 1 at least.
    """

    share: Array
    error: Array
    teeth: Array


def follow(when: Array, real: Array, log_b: Array, blur: Array, timer: Timer) -> Timer:
    """The timer that the ticks of a timer describe (one step of expectation-maximisation).

    Args:
        when: (W + 1, R) seconds, one series a column.
        real: (W, R) False where padded.
        log_b: (W, R) log background density per second of the gap before each poll.
        blur: (R,) uncertainty of one time stamp in seconds.
        timer: the hypothesis.
    """
    _, (share, error, teeth) = ticks(when, real, log_b, blur, timer)
    hits = share.sum((0, 1))
    enough = np.maximum(hits, 1e-6)
    due = (share * teeth).sum((0, 1))
    shift = (share * error).sum((0, 1)) / np.maximum(due, 1e-6)
    residual = error - shift.astype(np.float32) * teeth
    floor = 2 * (blur / timer.period) ** 2
    spread2 = (share * residual**2 / teeth).sum((0, 1)) / enough - floor
    size = real.sum(0)
    return Timer(
        timer.period * (1 + np.clip(shift, -0.2, 0.2)),
        np.sqrt(np.clip((timer.spread**2 + hits * spread2) / (1 + hits), 1e-6, 0.1225)),
        np.clip((hits + 4) / (np.maximum(due, hits) + 5), 0.2, 0.98),
        np.clip((size - hits + 1) / (size + 4), 0.03, 0.7),
    )


def ticks(when: Array, real: Array, log_b: Array, blur: Array, timer: Timer) -> tuple[Array, Ticks]:
    """Log Bayes factor of a timer, and its ticks; the arguments of `follow`."""
    shape = (min(PARENTS, real.shape[0]), *real.shape)
    error, teeth = np.zeros(shape, np.float32), np.ones(shape, np.float32)
    ratio = np.zeros(shape, np.float32)
    for lag, fit, span, k in _fits(when, log_b, blur, timer, len(ratio)):
        ratio[lag - 1, lag - 1 :] = fit
        error[lag - 1, lag - 1 :] = span
        teeth[lag - 1, lag - 1 :] = k
    share = np.empty_like(ratio)
    evidence = _forward(ratio, real, timer.other, share)
    share *= real
    share *= ratio
    return evidence, Ticks(share, error, teeth)


def log_evidence(when: Array, real: Array, log_b: Array, blur: Array, timer: Timer) -> Array:
    """The first of what `ticks` returns, for less work."""
    ratio = np.zeros((min(PARENTS, real.shape[0]), *real.shape), np.float32)
    for lag, fit, _, _ in _fits(when, log_b, blur, timer, len(ratio)):
        ratio[lag - 1, lag - 1 :] = fit
    return _forward(ratio, real, timer.other)


def _fits(
    when: Array, log_b: Array, blur: Array, timer: Timer, parents: int
) -> Iterator[tuple[int, Array, Array, Array]]:
    """Each lag; and of every poll that far on: (1 - e) f / b, the error in periods, the teeth."""
    floor = 2 * (blur / timer.period) ** 2
    table, column = _teeth(timer, floor).ravel(), np.arange(floor.size, dtype=np.int32)
    half, half_floor = ((2 * v).astype(np.float32) for v in (timer.spread**2, floor))
    per_second, tick = 1 / timer.period, (1 - timer.other).astype(np.float32)
    for lag in range(1, parents + 1):
        span = ((when[lag:] - when[:-lag]) * per_second).astype(np.float32)
        k = np.clip(np.rint(span), 1, TEETH + 1)
        span -= k
        index = k.astype(np.int32)
        index *= floor.size
        index += column
        # Never out of range: to clip saves numpy the check, and a copy.
        log = table.take(index, mode="clip")
        log -= log_b[lag - 1 :]
        variance = k * half
        variance += half_floor
        off = span * span
        off /= variance
        log -= off
        np.minimum(log, 25, out=log)
        np.exp(log, out=log)
        log *= tick
        yield lag, log, span, k


def _forward(ratio: Array, real: Array, other: Array, shares: Array | None = None) -> Array:
    """Run the recursion: sum ln Z; and pi_l / Z of every step into `shares`, of the ticks."""
    parents, width, rows = ratio.shape
    total = np.empty((width, rows), np.float32)
    pi = np.zeros((parents, rows), np.float32)
    pi[0] = 0.5
    lost = np.full(rows, 0.5, np.float32)
    other = other.astype(np.float32)
    for i in range(width):
        weighted = pi * ratio[:, i]
        tick = weighted.sum(0)
        locked = other * pi.sum(0)
        z = tick + locked + lost
        scale = 1 / z
        if shares is not None:
            np.multiply(pi, scale, out=shares[:, i])
        aged = other * scale
        dropped = pi[-1] * aged
        pi[1:] = pi[:-1] * aged
        pi[0] = (tick + FOUND * (lost + 0.5 * locked)) * scale
        pi[1:] *= 1 - 0.5 * FOUND
        lost = (1 - FOUND) * lost * scale + dropped * (1 - 0.5 * FOUND)
        total[i] = z
    evidence: Array = np.where(real, np.log(total), 0).sum(0, dtype=float)
    return evidence
