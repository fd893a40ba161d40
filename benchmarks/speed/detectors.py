"""What other detectors cost on the same channels, CPU milliseconds each.

Both are re-implemented in `benchmarks.timing.baselines` from their sources: msticpy's polling
detection with Fisher's test, and RITA's score of connection times.
"""

import time
from pathlib import Path
from typing import Any

import numpy as np

from beacon import timing
from benchmarks.timing.baselines import fisher, rita

CHANNELS = 2_000
POLLS = (10, 100, 1000)


def compare(_: Path, __: bool) -> list[dict[str, Any]]:
    """Half timers of five minutes with 20 % jitter, half Poisson, of each number of polls."""
    rows = []
    timing.measure(*series(10, 10))
    for polls in POLLS:
        times, offsets = series(CHANNELS, polls)
        each = np.split(times, offsets[1:-1])
        for name, work in (
            ("beacon", lambda t=times, o=offsets: timing.measure(t, o)),
            ("msticpy", lambda e=each: [fisher.score(t) for t in e]),
            ("rita", lambda e=each: [rita.score(t) for t in e]),
        ):
            start = time.process_time()
            work()
            spent = 1e3 * (time.process_time() - start) / CHANNELS
            rows.append({"name": name, "polls": polls, "ms_a_channel": spent})
            print(rows[-1], flush=True)
    return rows


def series(count: int, polls: int) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(0)
    gaps = chance.exponential(300, (count, polls))
    gaps[::2] = 300 * (1 - 0.2 * chance.random((len(gaps[::2]), polls)))
    return np.cumsum(gaps, 1).ravel(), np.arange(count + 1, dtype=np.int64) * polls
