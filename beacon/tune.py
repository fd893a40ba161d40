"""From verdicts to settings: weights refitted near the shipped ones, a threshold for a budget.

Verdicts exist only for what was shown, so the refit may move each weight a little and no further:
`_FURTHEST` log-odds a term and `_TOGETHER` over all, so that wrong or hostile verdicts move no
channel by more than that. The table is measured on days that took no part in the fit; windows that
overlap are refused.
"""

import itertools
import math
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.stats import beta

from beacon import allow, evidence, pipeline, rank
from beacon.errors import InputError, SettingsError
from beacon.evidence.fit import Limits, centred, fit
from beacon.evidence.weights import Weights
from beacon.settings import Settings

_FURTHEST = 0.75  # log-odds that a refit may move a weight
_TOGETHER = 1.0  # log-odds that a refit may move all weights together, hence any channel
_PULL = 6.0  # rows of full information that the shipped weight of a term is worth
BUDGETS = (5, 10, 20, 40, 80)
THRESHOLDS = (0.05, 0.1, 0.3, 0.7, 0.95)


class Day(NamedTuple):
    """One export to tune on or to measure on.

    Attributes:
        name: as the user named it.
        first, last: its window.
        observed: channels and strands with every column that the terms read.
    """

    name: str
    first: datetime
    last: datetime
    observed: pl.DataFrame


class Tuned(NamedTuple):
    """What tuning found.

    Attributes:
        weights: of all terms.
        moved: term, shipped, tuned: the weights that changed.
        table: one row a budget or threshold, see `measure`.
        low_score: score of the last alert within the budget, on average.
        conflicts: (entry, alert_id) of allow entries that match what was found malicious.
        positives, negatives: labelled channels that the fit saw.
    """

    weights: Weights
    moved: pl.DataFrame
    table: pl.DataFrame
    low_score: float
    conflicts: list[tuple[int, str]]
    positives: int
    negatives: int


def open_day(name: str, settings: Settings) -> Day:
    """Read and observe one export.

    Raises:
        InputError: it cannot be used, or has no times.
    """
    # The verdicts are what is to be learned from: they must not be evidence as well.
    unread = settings.evidence.model_copy(update={"verdicts": None})
    observed, summary = pipeline.observe(name, settings.model_copy(update={"evidence": unread}))
    if summary.first is None or summary.last is None:
        raise InputError(name, "no row has a time")
    return Day(name, summary.first, summary.last, observed)


def refuse_overlap(days: Sequence[Day]) -> None:
    """Each moment may be in one day only.

    Raises:
        SettingsError: two windows overlap; both are named.
    """
    ordered = sorted(days, key=lambda day: day.first)
    for early, late in itertools.pairwise(ordered):
        if late.first <= early.last:
            raise SettingsError(
                f"{early.name} and {late.name} overlap "
                f"({late.first:%Y-%m-%d %H:%M} is before {early.last:%Y-%m-%d %H:%M}): what a "
                "weight was learned from cannot measure it"
            )


def tune(
    train: Sequence[Day],
    test: Sequence[Day],
    verdicts: pl.DataFrame,
    settings: Settings,
    budget: int,
) -> Tuned:
    """Refit on `train`, measure on `test`.

    Args:
        train: days whose verdicts teach.
        test: later days; where there are none the table is of `train`, and flatters.
        verdicts: as `verdicts.read` gives them.
        settings: base rate and allow entries.
        budget: alerts a day that somebody will look at.

    Raises:
        SettingsError: windows overlap, or no verdict is on a channel of `train`.
    """
    refuse_overlap([*train, *test])
    shipped = evidence.shipped().with_log_odds(settings.evidence.weights)
    weights, positives, negatives = refit(train, verdicts, settings, shipped)
    judged = [judge(day, weights, settings) for day in (test or train)]
    malicious = verdicts.filter(pl.col("is_poller"))["alert_id"].to_list()
    line = [day["score"].sort(descending=True).head(budget).min() for day in judged]
    names = list(weights.log_odds)
    moved = pl.DataFrame(
        {
            "term": names,
            "shipped": [shipped.of(name) for name in names],
            "tuned": [weights.of(name) for name in names],
        }
    ).filter((pl.col("tuned") - pl.col("shipped")).abs() >= 0.05)
    entries = settings.allow.entry
    conflicts = {hit for day in judged for hit in allow.hides_malice(day, entries, malicious)}
    return Tuned(
        weights,
        moved,
        measure(judged, verdicts),
        float(np.mean([float(value) for value in line if isinstance(value, float)] or [0.05])),
        sorted(conflicts),
        positives,
        negatives,
    )


def refit(
    days: Sequence[Day], verdicts: pl.DataFrame, settings: Settings, shipped: Weights
) -> tuple[Weights, int, int]:
    """Weights near the shipped ones that agree better with the verdicts.

    Returns:
        The weights, and how many channels found malicious and found harmless taught them.

    Raises:
        SettingsError: no verdict is on a channel of these days.
    """
    known = verdicts.filter(pl.col("is_poller").is_not_null()).select("alert_id", "is_poller")
    said = [
        judge(day, shipped, settings)
        .join(known, on="alert_id")
        .select("alert_id", *names(), "is_poller")
        for day in days
    ]
    # A verdict is one opinion, on however many days its channel was seen.
    rows = pl.concat(said).unique("alert_id", keep="last", maintain_order=True)
    if rows.is_empty():
        raise SettingsError("--labels: no verdict is on a channel of these days")
    terms = evidence.LEARNED
    prior = np.array([shipped.of(term.name) for term in terms])
    ordinary = np.array([shipped.ordinary.get(term.name, 0.0) for term in terms])
    edge = np.array([term.sign * term.bound for term in terms])
    limits = Limits(
        prior,
        np.maximum(prior - _FURTHEST, np.minimum(edge, 0.0)),
        np.minimum(prior + _FURTHEST, np.maximum(edge, 0.0)),
        np.full(len(terms), _PULL),
    )
    x = centred(rows.select(names()).to_numpy(), ordinary)
    poller = rows["is_poller"].to_numpy()
    found, _ = fit(x, poller, limits)
    step = found - prior
    found = prior + step * min(1.0, _TOGETHER / max(float(np.abs(step).sum()), 1e-9))
    tuned = {term.name: round(float(w), 3) for term, w in zip(terms, found, strict=True)}
    positives = int(poller.sum())
    return shipped.with_log_odds(tuned), positives, poller.size - positives


def judge(day: Day, weights: Weights, settings: Settings) -> pl.DataFrame:
    """One row a channel: its result columns, score, and the strengths of the part that speaks."""
    strengths = evidence.strengths(day.observed).select(names())
    weighed = evidence.weigh(
        day.observed.drop(c for c in names() if c in day.observed.columns).hstack(strengths),
        settings.rank.base_rate,
        weights,
    )
    return evidence.worst(weighed).with_columns(score=rank.logistic(pl.col("log_odds")))


def names() -> list[str]:
    """The learned terms, as columns of strengths."""
    return [term.name for term in evidence.LEARNED]


def measure(days: Sequence[pl.DataFrame], verdicts: pl.DataFrame) -> pl.DataFrame:
    """What budgets and thresholds would have cost.

    Args:
        days: judged channels, each a day.
        verdicts: what was found; an alert without a verdict counts in alerts_per_day only.

    Returns:
        rule ("20 a day", "score >= 0.30"), alerts_per_day, labelled, precision with
        precision_low and precision_high (95 %, Clopper and Pearson, 1934), recall likewise; recall
        is of the channels that were found malicious.
    """
    said = verdicts.select("alert_id", "is_poller")
    joined = [
        day.sort("score", descending=True)
        .join(said, on="alert_id", how="left", maintain_order="left")
        .with_row_index("place")
        for day in days
    ]
    rules = [(f"{n} a day", pl.col("place") < n) for n in BUDGETS]
    rules += [(f"score >= {t:.2f}", pl.col("score") >= t) for t in THRESHOLDS]
    total = sum(int(day["is_poller"].fill_null(value=False).sum()) for day in joined)
    return pl.DataFrame([_row(name, shown, joined, total) for name, shown in rules])


def _row(name: str, shown: pl.Expr, days: Sequence[pl.DataFrame], total: int) -> dict[str, object]:
    alerts = pl.concat([day.filter(shown).select("is_poller") for day in days])["is_poller"]
    hits, labelled = int(alerts.fill_null(value=False).sum()), int(alerts.is_not_null().sum())
    precision, recall = share(hits, labelled), share(hits, total)
    return {
        "rule": name,
        "alerts_per_day": alerts.len() / max(len(days), 1),
        "labelled": labelled,
        **dict(zip(("precision", "precision_low", "precision_high"), precision, strict=True)),
        **dict(zip(("recall", "recall_low", "recall_high"), recall, strict=True)),
    }


def share(hits: int, of: int, confidence: float = 0.95) -> tuple[float, float, float]:
    """Hits / of with its exact binomial interval; nan, 0 and 1 where there is nothing to count."""
    if of == 0:
        return math.nan, 0.0, 1.0
    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, hits, of - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, of - hits)) if hits < of else 1.0
    return hits / of, low, high


def config(tuned: Tuned, budget: int, verdict_file: str | None) -> str:
    """What `tune` writes: TOML that `--config` takes."""
    changed = dict(zip(tuned.moved["term"], tuned.moved["tuned"], strict=True))
    lines = [
        "# Written by `beacon tune`; other settings may be added by hand.",
        "[rank]",
        f"budget = {budget}",
        f"low_score = {min(max(tuned.low_score, 1e-6), 0.29):.6f}",
        "",
    ]
    if verdict_file is not None:
        lines += ["[evidence]", f"verdicts = {_quoted(verdict_file)}", ""]
    lines += ["[evidence.weights]"]
    lines += [f"{_quoted(name)} = {value}" for name, value in changed.items()]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
