"""Measure every detector on the grid."""

import numpy as np

from beacon.timing import kernel, pool
from benchmarks.timing import grid, metrics, positives
from benchmarks.timing.baselines import DETECTORS

OURS = "beacon"


def scores(made, detectors):
    """Detector -> one score a series; the kernel's measures."""
    found = kernel.measure(made.times, made.offsets)
    series = np.split(made.times, made.offsets[1:-1])
    return {
        OURS: found["evidence"],
        **{name: np.array([float(score(s)) for s in series]) for name, score in detectors.items()},
    }, found


def join(parts):
    """Dictionaries of arrays, one a seed, end to end."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def table(results, positive, cells):
    """Cell -> detector -> TPR at each rate, AUC and AP at 1 %; and FPR by null class."""
    rows = {name: {} for name in metrics.by_cell(cells, grid.size_cell)}
    nulls = np.array([cell.get("null", "") for cell in cells])
    false = {name: {} for name in np.unique(nulls[~positive])}
    for detector, score in results.items():
        negative = score[~positive]
        limits = metrics.thresholds(negative)
        for cell, index in metrics.by_cell(cells, grid.size_cell).items():
            mine = score[index]
            rows[cell][detector] = {
                "tpr": [float((mine > limit).mean()) for limit in limits],
                "auc": metrics.auc(mine, negative),
                "ap": metrics.average_precision(mine, negative),
                "n": int(index.size),
            }
        for name, row in false.items():
            row[detector] = [float((score[nulls == name] > limit).mean()) for limit in limits]
    return rows, false


def fitted(found, cells, limit):
    """How well period and jitter of the detected are known."""
    index = np.array(
        [i for i, c in enumerate(cells) if "kind" in c and found["evidence"][i] > limit]
    )
    truth = np.array([cells[i]["period"] for i in index])
    period = found["period_seconds"][index]
    other = np.array([cells[i].get("other_period", cells[i]["period"]) for i in index])
    error = np.minimum(np.abs(np.log(period / truth)), np.abs(np.log(period / other)))
    wide = np.array([cells[i]["jitter"] > 0.15 for i in index])
    right = error < np.log(1.05)
    jitter = np.array([cells[i]["jitter"] for i in index])
    wrong = np.abs(found["jitter_fraction"][index] - jitter)[right]
    return {
        "detected": int(index.size),
        "period_within_5_percent": float(right.mean()),
        "period_within_5_percent_jitter_up_to_.15": float(right[~wide].mean()),
        "median_error": float(np.median(error)),
        "jitter_mae": float(wrong.mean()),
    }


def three_polls(limits, seed, n=2000, seconds=30.0):
    """TPR of exactly three polls of a plain loop at the pooled limits, and against triples."""
    rng = np.random.default_rng(seed)
    kinds = ("sleep", "clock", "cob.0")
    real = [positives.draw(rng, kinds[i % 3], "none", seconds, 3)[0] for i in range(n)]
    chance = [np.cumsum(rng.exponential(seconds, 3)) for _ in range(10 * n)]
    ours = kernel.measure(*grid.flat(real))["evidence"]
    null = kernel.measure(*grid.flat(chance))["evidence"]
    own = metrics.thresholds(null)
    return {
        "pooled": [float((ours > limit).mean()) for limit in limits],
        "against_random_triples": [float((ours > limit).mean()) for limit in own],
    }


def above_channels(limits, seed, n=600):
    """TPR of a clean timer, of one rotating over three services, of three interleaved runs."""
    rng = np.random.default_rng(seed)
    clean, rotated, interleaved = [], [], []
    for _ in range(n):
        times, cell = positives.draw(rng, imperfection="none")
        clean.append(times)
        rotated.append((times, rng.integers(0, 3, times.size)))
        others = [
            positives.draw(rng, cell["kind"], "none", cell["period"], times.size)[0]
            for _ in range(2)
        ]
        runs = [t - t[0] + rng.uniform(0, cell["period"]) for t in (times, *others)]
        order = np.argsort(np.concatenate(runs))
        names = np.repeat([0, 1, 2], [run.size for run in runs])
        interleaved.append((np.concatenate(runs)[order], names[order]))
    base = kernel.measure(*grid.flat(clean))["evidence"]
    channels = [times[where == k] for times, where in rotated for k in range(3)]
    flat, edges = grid.flat(channels)
    pools = np.repeat(np.arange(n), 3)
    alone = kernel.measure(flat, edges)["evidence"]
    spread = pool.score_channels(flat, edges, np.full(flat.size, -1), pools)["evidence"]
    flat, edges = grid.flat([times for times, _ in interleaved])
    names = np.concatenate([names for _, names in interleaved])
    mixed = kernel.measure(flat, edges)["evidence"]
    split = pool.score_channels(flat, edges, names, np.full(n, -1))["evidence"]
    rows = {
        "clean": base, "rotation, channel alone": alone, "rotation, pooled": spread,
        "three runs, channel alone": mixed, "three runs, split": split,
    }  # fmt: skip
    return {name: [float((e > limit).mean()) for limit in limits] for name, e in rows.items()}


def curves(limits, seed, n=120):
    """TPR at FPR 1e-3 against jitter, missing share and number of polls."""
    axes = {
        "jitter": [("cob." + str(j)[2:], "none", 30, j) for j in (0.1, 0.2, 0.3, 0.4, 0.5)],
        "missing share": [
            ("cob.1", f"miss.{int(10 * m)}", 60, m) for m in (0.1, 0.2, 0.3, 0.4, 0.5)
        ],
        "polls": [("cob.2", "none", k, k) for k in (3, 5, 8, 12, 20, 40, 100)],
    }
    rng, drawn = np.random.default_rng(seed), {}
    for axis, points in axes.items():
        drawn[axis] = {name: [] for name in limits}
        for kind, imperfection, events, x in points:
            series = [positives.draw(rng, kind, imperfection, None, events)[0] for _ in range(n)]
            for name, limit in limits.items():
                if name == OURS:
                    score = kernel.measure(*grid.flat(series))["evidence"]
                else:
                    score = np.array([float(DETECTORS[name](s)) for s in series])
                drawn[axis][name].append((x, float((score > limit).mean())))
    return drawn
