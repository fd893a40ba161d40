"""Learn the combination: `python -m benchmarks.timing.fit` rewrites beacon/timing/weights.json.

Short monotone gradient-boosted trees (Friedman 2001) on design seeds only; the p-value table
from further negatives of the same design classes.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from beacon.timing import combine, kernel
from benchmarks.timing import grid, negatives, positives

SEEDS = (531, 532, 533, 534, 535, 536)
TABLE_SEEDS = (541, 542)
POSITIVE, NEGATIVE = 8000, 50_000
RULES = 200
SIGNS = {
    "renewal": 1, "ticks": 1, "pooled": 1, "even": 1, "habit": 1, "idle": -1, "waiting": 0,
    "polls": 0, "spread": 0, "seen": 0, "other": 0,
}  # fmt: skip
"""Member -> 1 where more of it may only raise the evidence, -1 where it may only lower it."""
POLLS = (3, 4, 5, 6, 7, 10, 20, 50, 150)
LEVELS = (1.0, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)


def table(found, rows=slice(None)):
    return np.stack([found[name][rows] for name in SIGNS], 1)


def train(found, positive):
    """Fit the rules: the learned part of weights.json."""
    known = found["polls"] >= 3
    y = positive[known]
    weight = balance(found["polls"][known], y)
    model = HistGradientBoostingClassifier(
        max_iter=RULES, max_depth=combine.DEPTH, learning_rate=0.15, l2_regularization=5,
        min_samples_leaf=60, monotonic_cst=list(SIGNS.values()), early_stopping=False,
    )  # fmt: skip
    model.fit(table(found, known), y, weight)
    share = np.average(y, weights=weight)
    odds = np.log(share / (1 - share))
    base = float(model._baseline_prediction.ravel()[0] - odds) / np.log(10)
    rules = [_rule(tree[0].nodes) for tree in model._predictors]
    return {"members": list(SIGNS), "base": round(base, 5), "rules": rules}


def balance(polls, positive):
    """Weight of each series: timers and others weigh alike at every number of polls.

    The evidence is then that of the times given how many there are: how often either side has
    few polls is the design's choice, and says nothing of a series at hand.
    """
    row = np.searchsorted(POLLS, polls, side="right")
    weight = np.ones(polls.size)
    for index in np.unique(row):
        for side in (positive, ~positive):
            mine = (row == index) & side
            weight[mine] = (row == index).sum() / 2 / max(mine.sum(), 1)
    return weight / weight.mean()


def _rule(nodes, index=0):
    node = nodes[index]
    if node["is_leaf"]:
        return round(float(node["value"]) / np.log(10), 5)
    name = list(SIGNS)[node["feature_idx"]]
    threshold = float(f"{node['num_threshold']:.6g}")
    return [name, threshold, _rule(nodes, node["left"]), _rule(nodes, node["right"])]


def tail(found, nulls, learned):
    """Evidence exceeded with each chance, by polls, in the class that exceeds it most."""
    evidence = combine.log10_evidence(found, learned)
    row = np.searchsorted(POLLS, found["polls"], side="right") - 1
    levels = np.full((len(POLLS), len(LEVELS)), -9.0)
    for index in range(len(POLLS)):
        for name in np.unique(nulls):
            mine = np.sort(evidence[(row == index) & (nulls == name)])[::-1]
            if mine.size < 100:
                continue
            for column, level in enumerate(LEVELS[1:], 1):
                # One more than the share: the chance estimate (r + 1) / (n + 1).
                rank = int(np.floor(level * (mine.size + 1))) - 1
                if rank >= 0:
                    levels[index, column] = max(levels[index, column], mine[rank])
    levels = np.maximum.accumulate(levels, 1) + 1e-6 * np.arange(len(LEVELS))
    return {"polls": POLLS, "p": LEVELS, "evidence": levels.round(4).tolist()}


def members(seeds, classes=tuple(negatives.DESIGN), positive=POSITIVE, without=()):
    """Members, truth and null class of design grids."""
    parts = []
    for seed in seeds:
        made = grid.make(seed, positive, NEGATIVE, classes, without, positives.DESIGN_SHARES)
        found = kernel.members_of(made.times, made.offsets)
        nulls = np.array([cell.get("null", "") for cell in made.cells])
        parts.append((found, made.positive, nulls))
    found = {name: np.concatenate([part[0][name] for part in parts]) for name in parts[0][0]}
    return found, np.concatenate([p[1] for p in parts]), np.concatenate([p[2] for p in parts])


def main():
    found, positive, _ = members(SEEDS)
    learned = train(found, positive)
    found, _, nulls = members(TABLE_SEEDS, positive=0)
    known = found["polls"] >= 3
    some = {name: values[known] for name, values in found.items()}
    learned["p_value"] = tail(some, nulls[known], learned)
    path = Path(combine.__file__).with_name("weights.json")
    text = json.dumps(learned).replace("[[", "\n[[").replace(']], ["', ']],\n["')
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
