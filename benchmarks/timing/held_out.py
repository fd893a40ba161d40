"""A second, independent generator as a held-out check: `python -m benchmarks.timing.held_out`.

Timers and traffic of other sorts and ranges than `positives` and `negatives`, used for nothing
but this report: log-normal, shifted exponential and triangular sleeps, clocks that drift, periods
that are round for one timer in two only, machines that sleep or break off at random, people in
sittings, queues, feeds that refresh, and crawls. Thresholds are the benchmark's own.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from beacon.timing import measure
from benchmarks.timing import grid

SEED = 7102
RESULTS = Path(__file__).parent / "results"
ROUND = (10, 20, 45, 120, 600, 1800, 7200)


def _count(rng):
    return int(np.exp(rng.uniform(np.log(3), np.log(600))))


def timer(rng):
    """Times of one timer, its kind, and the mean and spread / mean of its sleep."""
    seconds = rng.choice(ROUND) if rng.random() < 0.5 else np.exp(rng.uniform(1.5, 9.5))
    n, wide = _count(rng), rng.uniform(0, 0.3)
    kind = rng.choice(["log-normal", "shifted", "triangular", "drifting clock", "two speeds"])
    if kind == "log-normal":
        sleep = rng.lognormal(-(wide**2) / 2, wide, n)
    elif kind == "shifted":
        sleep = 1 - wide + rng.exponential(wide, n)
    elif kind == "triangular":
        sleep = 1 + wide * np.sqrt(6) * (rng.random(n) - rng.random(n))
    elif kind == "drifting clock":
        wide = 0.02 * wide
        sleep = 1 + wide * rng.standard_normal(n) + np.linspace(0, 0.02, n)
    else:
        wide = 0.1 * wide
        slow = np.arange(n) >= 0.7 * n
        sleep = np.where(slow, 1.9, 1.0) * (1 + wide * rng.standard_normal(n))
    times = np.cumsum(np.maximum(sleep, 0.02) * seconds)
    world = rng.choice(["as it is", "breaks", "lossy", "visited", "whole seconds"])
    if world == "breaks" and n > 6:
        cut = rng.integers(2, n - 2)
        times[cut:] += rng.exponential(40 * seconds)
    elif world == "lossy" and n > 6:
        times = times[rng.random(n) > 0.2]
    elif world == "visited":
        visits = rng.uniform(times[0], times[-1], rng.integers(1, 4))
        extra = [visit + np.cumsum(rng.weibull(0.6, max(1, n // 12))) * 3 for visit in visits]
        times = np.sort(np.concatenate([times, *extra]))
    elif world == "whole seconds":
        times = np.floor(times)
    return times, f"{kind}", world, float(seconds), float(wide)


def _sittings(rng, n):
    """A person sits down, reads at Weibull paces, and goes."""
    gaps = rng.weibull(rng.uniform(0.5, 1.1), n) * np.exp(rng.uniform(1, 5))
    return np.cumsum(gaps + (rng.random(n) < 0.1) * rng.gamma(0.8, 9000, n))


def _queue(rng, n):
    """Work that arrives in batches of geometric size and is fetched at the speed of the line."""
    sizes = rng.geometric(rng.uniform(0.05, 0.5), n)
    starts = np.cumsum(rng.exponential(np.exp(rng.uniform(3, 8)), n))
    return np.sort(np.repeat(starts, sizes) + rng.gamma(2, 0.7, sizes.sum()))[:n]


def _crawl(rng, n):
    """One link after the other, by the size of what it points to."""
    return np.cumsum(rng.lognormal(rng.uniform(-1, 4), rng.uniform(0.9, 2), n))


def _walk(rng, n):
    """A rate that wanders by a factor of ten and more (Cox process)."""
    pace = np.exp(np.cumsum(rng.normal(0, 0.4, n)).clip(-3, 3) + rng.uniform(1, 6))
    return np.cumsum(pace * rng.exponential(1, n))


def _feed(rng, n):
    """Refreshed some time after a person looked last: a wait, then whenever they look."""
    wait = rng.choice([40, 150, 400, 1500]) * rng.uniform(0.9, 1.1)
    return np.cumsum(wait + rng.weibull(0.8, n) * wait * rng.uniform(0.5, 5))


TRAFFIC = {
    "sittings": _sittings, "queue": _queue, "crawl": _crawl, "wandering rate": _walk, "feed": _feed,
}  # fmt: skip


def _cells(names, evidence, limits):
    return {
        str(name): [round(float((evidence[names == name] > limit).mean()), 4) for limit in limits]
        for name in np.unique(names)
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--count", type=int, default=3000, help="timers, and as much traffic")
    chosen = parser.parse_args()
    rng = np.random.default_rng(chosen.seed)
    limits = json.loads((RESULTS / "timing.json").read_text())["limits_log10"]
    drawn = [one for one in (timer(rng) for _ in range(chosen.count)) if one[0].size >= 3]
    kinds, worlds, seconds, wide = (np.array(v) for v in list(zip(*drawn, strict=True))[1:])
    found = measure(*grid.flat([one[0] for one in drawn]))
    classes = np.array([list(TRAFFIC)[i % len(TRAFFIC)] for i in range(chosen.count)])
    series = [TRAFFIC[name](rng, max(3, _count(rng))) for name in classes]
    null = measure(*grid.flat(series))["evidence"]
    hit = found["evidence"] > limits[0]
    wrong = np.abs(np.log(found["period_seconds"][hit] / seconds[hit]))
    slow = np.abs(np.log(found["period_seconds"][hit] / seconds[hit] / 1.9))
    right = np.where(kinds[hit] == "two speeds", np.minimum(wrong, slow), wrong) < np.log(1.05)
    is_round = np.isin(seconds[hit], ROUND)
    outcome = {
        "seed": chosen.seed,
        "limits_log10": limits,
        "timers": [round(float((found["evidence"] > limit).mean()), 4) for limit in limits],
        "by kind": _cells(kinds, found["evidence"], limits),
        "by world": _cells(worlds, found["evidence"], limits),
        "traffic": _cells(classes, null, limits),
        "traffic in all": [round(float((null > limit).mean()), 4) for limit in limits],
        "period within 5 %": round(float(right.mean()), 3),
        "round, not round": [round(float(right[is_round == w].mean()), 3) for w in (True, False)],
        "jitter error": round(
            float(np.abs(found["jitter_fraction"][hit] - wide[hit])[right].mean()), 4
        ),
    }
    text = json.dumps(outcome, indent=1)
    (RESULTS / "held_out.json").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
