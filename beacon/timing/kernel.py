"""Evidence that a series of connection times comes from a machine on a timer.

polls -> batch -> background, candidates -> train, renewal, even, idle, habit -> combine:
bursts become polls, series of like length are laid side by side, every member gives a log
evidence, and one learned sum makes them a calibrated log10 Bayes factor. numpy and scipy only.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from beacon.timing import combine, members
from beacon.timing.batch import batches
from beacon.timing.polls import collapse

Array = NDArray[Any]

FIELDS = ("renewal", "ticks", "pooled", "even", "idle", "habit", "waiting")
TIMER = ("period", "jitter", "spread", "seen", "other")
WHOLE_SECONDS_BLUR, BLUR = 0.41, 0.03
"""Seconds: standard deviation of one time stamp, with and without fractions."""


def measure(times: Array, offsets: Array) -> dict[str, Array]:
    """Measure every series.

    Where a matrix library computes on several threads, the last digits of a timer may depend on
    which other series there are; `timing.score` keeps it to one.

    Args:
        times: (N,) float64 seconds, ascending inside each series.
        offsets: (G + 1,) int64; series g is times[offsets[g]:offsets[g + 1]].

    Returns:
        name -> (G,): evidence (log10 Bayes factor, 0 where nothing can be said), p_value,
        period_seconds, jitter_fraction, coverage (share of due polls seen) and share (of polls
        that are ticks; all four nan below three polls), polls.

    Raises:
        ValueError: times are not finite or fall inside a series, or offsets do not cover them.
    """
    found = members_of(times, offsets)
    known = found["polls"] >= 3
    some = {name: values[known] for name, values in found.items()}
    evidence, p = np.zeros(known.size), np.ones(known.size)
    if known.any():
        evidence[known] = combine.log10_evidence(some)
        p[known] = combine.p_value(evidence[known], some["polls"])
    return {
        "evidence": evidence,
        "p_value": p,
        "period_seconds": found["period"],
        "jitter_fraction": found["jitter"],
        "coverage": found["seen"],
        "share": 1 - found["other"],
        "polls": found["polls"],
    }


def members_of(times: Array, offsets: Array) -> dict[str, Array]:
    """Name -> (G,) members and timer of each series, nan below three polls; and `polls`."""
    times, offsets = np.asarray(times, float), np.asarray(offsets, np.int64)
    _check(times, offsets)
    series = offsets.size - 1
    owners = np.repeat(np.arange(series), np.diff(offsets))
    broken = np.bincount(owners, times != np.floor(times), series)
    blur = np.where(broken == 0, WHOLE_SECONDS_BLUR, BLUR)
    times, offsets, bursts = collapse(times, offsets)
    found = {name: np.full(series, np.nan) for name in (*FIELDS, *TIMER)}
    for batch in batches(times, offsets, bursts, blur):
        for name, values in members.measure(batch).items():
            found[name][batch.rows] = values
    return {**found, "polls": np.diff(offsets)}


def _check(times: Array, offsets: Array) -> None:
    covers = offsets.size and offsets[0] == 0 and offsets[-1] == times.size
    if not covers or (np.diff(offsets) < 0).any():
        raise ValueError("offsets must rise from 0 to the number of times")
    if not np.isfinite(times).all():
        raise ValueError("times must be finite seconds")
    first = np.zeros(times.size + 1, bool)
    first[offsets] = True
    if ((times[1:] < times[:-1]) & ~first[1:-1]).any():
        raise ValueError("times must ascend inside each series")
