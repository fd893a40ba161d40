"""CPU time and memory of the kernel: `python -m benchmarks.timing.speed`."""

import json
import os
import resource
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from beacon.timing import measure

CASES = ((1000, 100), (5000, 100), (25_000, 100), (100_000, 100), (20, 50_000), (200_000, 6))


def series(count, events, seed=0):
    """Half timers of 60 s with 20 % jitter, half Poisson."""
    rng = np.random.default_rng(seed)
    gaps = rng.exponential(60, (count, events))
    gaps[::2] = 60 * (1 - 0.2 * rng.random((len(gaps[::2]), events)))
    return np.cumsum(gaps, 1).ravel(), np.arange(count + 1, dtype=np.int64) * events


def main():
    measure(*series(10, 50))
    rows = []
    for count, events in CASES:
        times, offsets = series(count, events)
        start = time.process_time()
        measure(times, offsets)
        rows.append((count, events, round(time.process_time() - start, 3)))
        print(f"{count:7d} series of {events:6d} events: {rows[-1][2]:7.2f} CPU-s", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory {peak:.2f} GiB")
    path = Path(__file__).parent / "results" / "speed.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"cases": rows, "peak_gib": round(peak, 3)}) + "\n")


if __name__ == "__main__":
    main()
