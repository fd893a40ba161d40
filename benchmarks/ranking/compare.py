"""Our order against other rules, and against ourselves with a family of evidence unobservable."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl

from beacon import evidence, pipeline, simulate
from beacon.evidence.weights import Weights
from beacon.settings import Settings
from benchmarks.ranking import baselines, days, measure

OURS, TIMING_ALONE = "beacon", "beacon: timing alone"
RECALL = 0.9
BUDGET = 20
COUNTS = (10, 20, 40)
EDGES = np.array([0, 1e-4, 1e-3, 5e-3, 0.02, 0.1, 0.3, 0.7, 0.9, 1.001])
_AT_STAKE = (pl.col("label") == "benign") | (pl.col("kind") == "emblem")
SEVERITIES = ("critical", "high", "medium", "low")


def families() -> dict[str, list[str]]:
    """Family of evidence (its module) -> its learned terms."""
    learned = {term.name for term in evidence.LEARNED}
    terms = {
        name: [term.name for term in module.TERMS if term.name in learned]
        for name, module in vars(evidence).items()
        if isinstance(module, ModuleType) and hasattr(module, "TERMS") and name != "ledger"
    }
    return {name: found for name, found in sorted(terms.items()) if found}


def without(weights: Weights, terms: Sequence[str]) -> Weights:
    """The weights for channels of which these terms are not observable: they count as average."""
    nothing = dict.fromkeys(terms, 0.0)
    return replace(
        weights,
        log_odds={**weights.log_odds, **nothing},
        offset={**weights.offset, **nothing},
    )


def judged(observed: pl.DataFrame, weights: Weights | None = None) -> pl.DataFrame:
    """host, process, domain and `score` of each channel, by its worst part."""
    weighed = evidence.weigh(observed, Settings().rank.base_rate, weights)
    score = 1 / (1 + (-pl.col("log_odds")).exp())
    return evidence.worst(weighed).select(*days.KEY, score=score)


def day(seed: int, hosts: int, leave_out: Sequence[str] = ()) -> pl.DataFrame:
    """One row a channel of a simulated day: its truth, and one column a method."""
    simulated = simulate.day(seed, hosts, leave_out=leave_out)
    observed, _ = pipeline.observe(simulated.events, Settings())
    shipped = evidence.shipped()
    weights = {OURS: shipped} | {
        f"without {name}": without(shipped, terms) for name, terms in families().items()
    }
    whole = observed.filter(pl.col("strand") == 0)
    timing = whole.select(*days.KEY, pl.col("timing_evidence").alias(TIMING_ALONE))
    truth = simulated.truth.select(*days.KEY, *days.TRUTH)
    table = truth.with_columns(seed=pl.lit(seed)).join(timing, on=days.KEY)
    for name, mine in weights.items():
        found = judged(observed, mine).rename({"score": name})
        table = table.join(found, on=days.KEY, how="left")
    table = table.join(baselines.score(simulated.events), on=days.KEY, how="left")
    # Alphabetical: a tie must not be broken by our own order.
    return table.sort(days.KEY)


def methods(table: pl.DataFrame) -> Iterator[str]:
    """The columns that order channels, ours first."""
    yield OURS
    yield from (name for name in table.columns if name.startswith("without "))
    yield TIMING_ALONE
    yield from baselines.NAMES


def compare(days_: pl.DataFrame, clean: pl.DataFrame) -> dict[str, Any]:
    """Every figure of every method.

    Args:
        days_: rows of `day` of several seeds.
        clean: the same of companies without malware.
    """
    outcome = {name: figures(name, days_, clean) for name in methods(days_)}
    poller = (days_["label"] == "poller").to_numpy()
    probability = days_[OURS].to_numpy()
    return {
        "methods": outcome,
        "calibration_error": measure.calibration_error(poller, probability),
        "reliability": measure.reliability(poller, probability, EDGES),
        "clean_severities": _severities(clean),
        "channels": days_.height,
        "pollers": int(poller.sum()),
    }


def figures(name: str, days_: pl.DataFrame, clean: pl.DataFrame) -> dict[str, Any]:
    """Mean over days with its 95 % interval, or counts a day, of one method."""
    poller, seed = (days_["label"] == "poller").to_numpy(), days_["seed"].to_numpy()
    score = days_[name].fill_null(baselines.NOTHING).to_numpy()

    def mean(rule: measure.Measure) -> tuple[float, float, float]:
        return measure.interval(measure.by_day(rule, poller, score, seed))

    above = np.zeros(score.size, bool)
    for one in np.unique(seed):
        above[seed == one] = measure.benign_above(poller[seed == one], score[seed == one], RECALL)
    line = np.sort(score[poller])[::-1][int(np.ceil(RECALL * poller.sum())) - 1]
    count = np.unique(seed).size

    def families_of(rows: np.ndarray) -> dict[str, float]:
        counted = days_.filter(pl.Series(rows)).group_by("family").len().sort("len", "family")
        return {family: n / count for family, n in counted.iter_rows()}

    return {
        "average_precision": mean(measure.average_precision),
        **{f"precision_at_{n}": mean(measure.precision_at(n)) for n in COUNTS},
        f"recall_at_{BUDGET}": mean(measure.recall_at(BUDGET)),
        "benign_above_line": families_of(above),
        "benign_above_pooled_line": families_of(~poller & (score >= line)),
        "clean_alerts": float((clean[name].fill_null(baselines.NOTHING) >= line).sum())
        / max(clean["seed"].n_unique(), 1),
        "emblem_rank": emblem(name, days_),
        "benign_above_emblem": emblem(name, days_.filter(_AT_STAKE), least=0),
    }


def emblem(name: str, days_: pl.DataFrame, least: int = 1) -> list[int]:
    """The place of the emblem on each day, the best of its channels; the first is `least`."""
    placed = days_.select(
        "kind",
        "seed",
        place=pl.col(name).fill_null(baselines.NOTHING).rank("max", descending=True).over("seed"),
    )
    best = placed.filter(pl.col("kind") == "emblem").group_by("seed").agg(pl.col("place").min())
    return [int(place) - 1 + least for place in best.sort("seed")["place"]]


def _severities(clean: pl.DataFrame) -> dict[str, float]:
    """Channels of each severity on a clean day, at the shipped thresholds."""
    rank, count = Settings().rank, max(clean["seed"].n_unique(), 1)
    lines = [getattr(rank, f"{name}_score") for name in SEVERITIES]
    higher = [1.1, *lines[:-1]]
    return {
        name: clean.filter(pl.col(OURS) >= low, pl.col(OURS) < high).height / count
        for name, low, high in zip(SEVERITIES, lines, higher, strict=True)
    }
