"""From connections to polls: events that follow each other closely are one visit."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def collapse(times: Floats, offsets: Integers, burst_seconds: Floats) -> tuple[Floats, Integers]:
    """Keep the first event of every burst.

    Args:
        times: (N,) float64 seconds, ascending inside each series.
        offsets: (G + 1,) int64; series g is times[offsets[g]:offsets[g + 1]].
        burst_seconds: (G,) an event at most this long after its predecessor joins its burst.

    Returns:
        (times, offsets) of the polls.
    """
    starts = np.ones(times.size, bool)
    if times.size:
        limits = np.repeat(burst_seconds, np.diff(offsets))
        starts[1:] = np.diff(times) > limits[1:]
        starts[offsets[:-1][np.diff(offsets) > 0]] = True
    kept = np.concatenate(([0], np.cumsum(starts)))
    return times[starts], kept[offsets]
