"""Evidence that a series of connection times comes from a machine on a timer."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from beacon.timing.polls import collapse


def measure(times: NDArray[Any], offsets: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Measure every series.

    Args:
        times: (N,) float64 seconds, ascending inside each series.
        offsets: (G + 1,) int64; series g is times[offsets[g]:offsets[g + 1]].

    Returns:
        name -> (G,) array: evidence (log10 Bayes factor, 0 where nothing can be said), p_value,
        period_seconds and jitter_fraction (nan where none), polls.
    """
    times, offsets = np.asarray(times, float), np.asarray(offsets, np.int64)
    times, offsets = collapse(times, offsets, np.full(offsets.size - 1, 1.0))
    polls = np.diff(offsets)
    size = np.maximum(polls - 1, 1)
    owner = np.repeat(np.arange(polls.size), polls)
    inside = owner[1:] == owner[:-1] if times.size else np.zeros(0, bool)
    gaps, owner = np.diff(times)[inside], owner[1:][inside]
    mean = np.bincount(owner, gaps, polls.size) / size
    spread = np.sqrt(np.bincount(owner, (gaps - mean[owner]) ** 2, polls.size) / size)
    known = polls >= 3
    cv = np.maximum(np.where(known, spread / np.maximum(mean, 1e-9), 1.0), 1e-4)
    # Share of the simplex of n gaps inside the ball of that CV: exact to 1/sqrt(n - 1), bound above.
    n = size.astype(float)
    log_p = (n - 1) / 2 * np.log(np.pi) - gammaln((n + 1) / 2) + gammaln(n) - 0.5 * np.log(n)
    log_p = np.where(known, np.minimum(log_p + (n - 1) * np.log(cv / np.sqrt(n)), 0), 0)
    p = np.maximum(np.exp(np.maximum(log_p, -690.0)), 1e-300)
    # Sellke, Bayarri and Berger (2001): no alternative earns more than 1 / (-e p ln p).
    bound = np.where(log_p < -1, -log_p - 1 - np.log(np.maximum(-log_p, 1)), 0) / np.log(10)
    found = known & (bound > 0)
    return {
        "evidence": np.where(known, bound, 0.0),
        "p_value": np.where(known, p, 1.0),
        "period_seconds": np.where(found, mean, np.nan),
        "jitter_fraction": np.where(found, cv, np.nan),
        "polls": polls,
    }
