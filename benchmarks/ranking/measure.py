"""Figures of a ranking: each by the day, with a bootstrap over days for the interval."""

import itertools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
Measure = Callable[[Truths, Floats], float]


def average_precision(poller: Truths, score: Floats) -> float:
    return float(average_precision_score(poller, score))


def precision_at(count: int) -> Measure:
    """Share of pollers among the first `count`."""
    return lambda poller, score: float(poller[_order(score)[:count]].mean())


def recall_at(budget: int) -> Measure:
    """Share of the pollers that the first `budget` hold."""
    return lambda poller, score: float(poller[_order(score)[:budget]].sum() / poller.sum())


def benign_above(poller: Truths, score: Floats, recall: float = 0.9) -> Truths:
    """Which benign channels stand above the line that keeps this share of the pollers."""
    wanted = int(np.ceil(recall * poller.sum()))
    line = np.sort(score[poller])[::-1][wanted - 1]
    return np.asarray(~poller & (score >= line))


def by_day(measure: Measure, poller: Truths, score: Floats, day: NDArray[np.int64]) -> Floats:
    """The measure of each day that has a poller."""
    days = [n for n in np.unique(day) if poller[day == n].any()]
    return np.array([measure(poller[day == n], score[day == n]) for n in days])


def interval(values: Floats, share: float = 0.95, draws: int = 2000) -> tuple[float, float, float]:
    """Mean over days and its bootstrap interval; days are drawn, not channels."""
    rng = np.random.default_rng(0)
    means = rng.choice(values, size=(draws, values.size)).mean(axis=1)
    low, high = np.quantile(means, [(1 - share) / 2, (1 + share) / 2])
    return float(values.mean()), float(low), float(high)


def calibration_error(poller: Truths, probability: Floats, bins: int = 10) -> float:
    """Expected calibration error over equally wide bins (Naeini et al., 2015)."""
    place = np.minimum((probability * bins).astype(int), bins - 1)
    error = 0.0
    for b in np.unique(place):
        inside = place == b
        error += inside.mean() * abs(poller[inside].mean() - probability[inside].mean())
    return float(error)


def reliability(
    poller: Truths, probability: Floats, edges: Floats
) -> list[tuple[float, float, int, int]]:
    """For each bin: mean score, share of pollers, pollers, channels."""
    rows = []
    for low, high in itertools.pairwise(edges):
        inside = (probability >= low) & (probability < high)
        if inside.any():
            rows.append(
                (
                    float(probability[inside].mean()),
                    float(poller[inside].mean()),
                    int(poller[inside].sum()),
                    int(inside.sum()),
                )
            )
    return rows


def _order(score: Floats) -> NDArray[np.int64]:
    return np.argsort(-score, kind="stable")
