"""CPU time and memory of the kernel: `python -m benchmarks.timing.speed`.

Saves the numbers and the picture, time against events, to benchmarks/timing/results/.
"""

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


def picture(rows, path):
    """CPU time against events in all, with the line on which time grows as events do."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    events, seconds = (np.array(v) for v in zip(*((c * e, s) for c, e, s in rows), strict=True))
    order = np.argsort(events)
    figure, axis = plt.subplots(figsize=(6, 4.5), layout="constrained")
    rate = np.median(seconds / events)
    axis.plot(events[order], rate * events[order], color="grey", lw=1, label="linear")
    for (count, size, _), x, y in zip(rows, events, seconds, strict=True):
        axis.plot(x, y, "o", label=f"{count:,} series of {size:,}")
    axis.set(xscale="log", yscale="log", xlabel="events", ylabel="CPU seconds")
    axis.legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=110)


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
    picture(rows, path.with_suffix(".png"))
    path.write_text(json.dumps({"cases": rows, "peak_gib": round(peak, 3)}) + "\n")


if __name__ == "__main__":
    main()
