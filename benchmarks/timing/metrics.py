"""From scores to the table: thresholds pooled over all negatives, rates by cell."""

import itertools
from collections import defaultdict

import numpy as np
from scipy.stats import rankdata

RATES = (1e-2, 1e-3)


def thresholds(negative, rates=RATES):
    """Scores that at most the given shares of the negatives exceed."""
    ordered = np.sort(negative)[::-1]
    return [ordered[int(rate * ordered.size)] for rate in rates]


def auc(positive, negative):
    """Chance that a positive scores above a negative; ties count half."""
    ranks = rankdata(np.concatenate([positive, negative]))[: positive.size]
    return (ranks.sum() - positive.size * (positive.size + 1) / 2) / positive.size / negative.size


def average_precision(positive, negative, prevalence=0.01):
    """Area under precision against recall when `prevalence` of the series are positive."""
    levels = np.unique(positive)[::-1]
    hit = np.searchsorted(np.sort(-positive), -levels, side="right") / positive.size
    false = np.searchsorted(np.sort(-negative), -levels, side="right") / negative.size
    precision = prevalence * hit / (prevalence * hit + (1 - prevalence) * false)
    return float(np.sum(np.diff(hit, prepend=0) * precision))


def by_cell(cells, size_cell):
    """Cell name -> indices of the positives in it."""
    found = defaultdict(list)
    for index, cell in enumerate(cells):
        if "kind" in cell:
            for axis in ("kind", "imp", "T"):
                found[f"{axis}:{cell[axis]}"].append(index)
            found[size_cell(cell["n"])].append(index)
            found["ALL"].append(index)
    return {name: np.array(rows) for name, rows in found.items()}


def reliability(evidence, positive, edges=(-9, -2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 9)):
    """Claimed against observed log10 density ratio, bin by bin.

    Returns:
        rows of (mean claim, observed, positives, negatives); observed is a lower bound where no
        negative fell into the bin.
    """
    rows = []
    for low, high in itertools.pairwise(edges):
        inside = (evidence >= low) & (evidence < high)
        hits, misses = int((inside & positive).sum()), int((inside & ~positive).sum())
        if hits + misses:
            share = (hits or 0.5) / positive.sum(), (misses or 0.5) / (~positive).sum()
            claim = float(evidence[inside].mean())
            rows.append((claim, float(np.log10(share[0] / share[1])), hits, misses))
    return rows
