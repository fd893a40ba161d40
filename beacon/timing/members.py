"""All members of one batch: each a log evidence that can be read on its own."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from beacon.timing import background, candidates, estimate, even, habit, idle, renewal, train
from beacon.timing.batch import Batch
from beacon.timing.train import Timer, follow

Array = NDArray[Any]

SPREADS = {"ticks": 0.2, "pooled": 0.03}
"""Comb of `candidates` -> spread / period with which its ticks are first followed."""
STEPS = 3
"""Times that the ticks of a timer are sought, each time of the one fitted to those before."""
WORTH_A_LOOK = -2.0
"""Log evidence of a timer above which its period is worth more than a mean."""
LEAD = 3.0
"""Log evidence by which ticks beat gaps where they are needed to tell the period."""


def measure(batch: Batch) -> dict[str, Array]:
    """Measure every series of the batch.

    Returns:
        name -> (R,). Log evidences (nats) of a timer against waiting: `renewal`, `ticks`,
        `pooled`, `even`; of a round time-out against waiting: `idle`; of waiting against the smooth
        background: `waiting`; of the period itself: `habit`. Then `period` and `jitter` as
        reported, and `spread`, `seen` and `other` of the best timer.
    """
    gaps = np.maximum(batch.gaps, 1e-3)
    x = np.where(batch.real, np.log(gaps), 40.0)
    log_b = background.log_density(batch, x)
    order = np.argsort(x, axis=1)
    sorted_x, sorted_b = np.take_along_axis(x, order, 1), np.take_along_axis(log_b, order, 1)
    waiting = idle.log_evidence(batch, sorted_x, sorted_b)
    found = {"renewal": renewal.log_evidence(batch, sorted_x, sorted_b) - waiting}
    for name, value in even.log_evidence(batch, x, log_b).items():
        found[name] = value - waiting
    when = np.concatenate((np.zeros((x.shape[0], 1)), np.cumsum(batch.gaps, 1)), axis=1)
    proposed = candidates.propose(batch, when)
    columns, real = np.ascontiguousarray(when.T), np.ascontiguousarray(batch.real.T)
    per_second = np.where(batch.real, log_b - x, 0).T.astype(np.float32, order="C")
    best = {name: np.full(batch.size.size, -np.inf) for name in ("evidence", *Timer._fields)}
    for name, period in proposed.items():
        one = np.ones_like(period)
        timer = Timer(period, SPREADS[name] * one, 0.7 * one, 0.25 * one)
        for _ in range(STEPS - 1):
            timer = follow(columns, real, per_second, batch.blur, timer)
        evidence = train.log_evidence(columns, real, per_second, batch.blur, timer)
        found[name] = evidence - waiting
        better = evidence > best["evidence"]
        for field, value in (("evidence", evidence), *timer._asdict().items()):
            best[field] = np.where(better, value, best[field])
    error = best["spread"] / np.sqrt(batch.size * best["seen"])
    found["habit"] = habit.log_prior_ratio(best["period"], error)
    found["waiting"] = waiting
    timer = Timer(**{field: best[field] for field in Timer._fields})
    trains = np.max([found[name] for name in proposed], axis=0)
    likely = np.maximum(trains, found["renewal"]) > WORTH_A_LOOK
    gapwise = found["renewal"] > trains - LEAD
    found["period"], found["jitter"] = estimate.report(
        batch, columns, real, per_second, timer, likely, gapwise
    )
    return {**found, "spread": timer.spread, "seen": timer.seen, "other": timer.other}
