"""Adds the terms up: log-odds = base rate + sum of weights, each kept beside the sum.

What an average channel of the rule shows is no news. The entry "as any channel" takes it off,
for the terms that are observable here; one that is not observable therefore counts as average,
not as absent.
"""

import functools
import math
import operator
from collections.abc import Iterable

import numpy as np
import polars as pl

from beacon.evidence import (
    benign,
    command,
    context,
    direction,
    fleet,
    joint,
    novelty,
    process,
    service,
    timing,
    verdict,
)
from beacon.evidence.term import Term
from beacon.evidence.weights import Weights, shipped

TERMS: tuple[Term, ...] = (
    *timing.TERMS,
    *service.TERMS,
    *direction.TERMS,
    *process.TERMS,
    *command.TERMS,
    *fleet.TERMS,
    *context.TERMS,
    *novelty.TERMS,
    *benign.TERMS,
    *joint.TERMS,
    *verdict.TERMS,
)
"""Every question, in the order of the ledger."""

REMEMBERED: tuple[Term, ...] = novelty.TERMS
"""The terms of a history, whose weights are learned over months with all others held."""

LEARNED: tuple[Term, ...] = tuple(
    term for term in TERMS if term not in (*verdict.TERMS, *REMEMBERED)
)
"""The terms whose weights are learned from single days."""

AVERAGE = "as any channel"
_TOGETHER = 2_000
"""Channels whose entries are made at once."""


def strengths(channels: pl.DataFrame) -> pl.DataFrame:
    """The answers alone: one Float64 column a term, null where it is not observable."""
    return channels.select(term.strength.cast(pl.Float64).alias(term.name) for term in TERMS)


def weigh(channels: pl.DataFrame, base_rate: float, weights: Weights | None = None) -> pl.DataFrame:
    """Add `evidence` (the ledger) and `log_odds` (its sum with the base rate) to each channel.

    A term that is not observable, or did not fire, adds nothing; it is listed all the same.

    Args:
        channels: one row a channel, with every column that the terms read.
        base_rate: share of the rule's channels that are pollers, in (0, 1).
        weights: log-odds a unit of strength for each term; the shipped ones where None.
    """
    weights = weights or shipped()
    strength = strengths(channels)
    return channels.with_columns(
        entries(channels, strength, weights), log_odds(strength, base_rate, weights)
    )


def log_odds(strength: pl.DataFrame, base_rate: float, weights: Weights) -> pl.Series:
    """The sum of the weights of each channel's answers, with the base rate.

    Args:
        strength: what `strengths` gives.
        base_rate: as for `weigh`.
        weights: as for `weigh`.
    """
    weight = _weight(strength, weights)
    total = _sum(pl.col(name) for name in weight.columns) + logit(base_rate)
    return weight.select(log_odds=total).to_series()


def entries(channels: pl.DataFrame, strength: pl.DataFrame, weights: Weights) -> pl.Series:
    """The ledger of each channel, a list of its entries, as `evidence`.

    Args:
        channels: as for `weigh`.
        strength: what `strengths` gives of them.
        weights: as for `weigh`.
    """
    values = channels.select(
        pl.when(strength[term.name] > 0).then(term.value).fill_null("").alias(term.name)
        for term in TERMS
    )
    weight = _weight(strength, weights)
    # Some channels at a time: all entries twice, in two orders, would be most of a run's memory.
    return pl.concat(
        _entries(*(frame.slice(start, _TOGETHER) for frame in (values, strength, weight)))
        for start in range(0, max(channels.height, 1), _TOGETHER)
    )


def _weight(strength: pl.DataFrame, weights: Weights) -> pl.DataFrame:
    """What each term adds, one column a term after that of `AVERAGE`."""
    log_odds_of = {term.name: weights.of(term.name) for term in (*LEARNED, *REMEMBERED)}
    log_odds_of |= {term.name: term.sign * verdict.WEIGHT for term in verdict.TERMS}
    average = _sum(
        pl.when(pl.col(term.name).is_not_null()).then(weights.average(term.name)).otherwise(0.0)
        for term in TERMS
    )
    return strength.select(
        average.alias(AVERAGE),
        *(
            (pl.col(term.name).fill_null(0.0) * log_odds_of[term.name]).alias(term.name)
            for term in TERMS
        ),
    )


def logit(probability: float) -> float:
    """ln(p / (1 - p))."""
    return math.log(probability) - math.log1p(-probability)


def _sum(parts: Iterable[pl.Expr]) -> pl.Expr:
    """The sum from left to right.

    `pl.sum_horizontal` adds in the order in which threads come by, and so do the last digits of a
    score.
    """
    return functools.reduce(operator.add, parts)


def _entries(values: pl.DataFrame, strength: pl.DataFrame, weight: pl.DataFrame) -> pl.Series:
    """The list of entries of each of some channels.

    Entries are made a term at a time and then put in the order of channels: lists built from
    structs row by row take ten times as long.
    """
    seen = pl.sum_horizontal(pl.all().is_not_null().cast(pl.Int64))
    average = strength.select(
        pl.lit(AVERAGE).alias("name"),
        pl.format(
            "what an average channel shows in the {} {} observable here",
            seen,
            pl.when(seen == 1).then(pl.lit("term")).otherwise(pl.lit("terms")),
        ).alias("value"),
        weight[AVERAGE].alias("weight"),
        pl.lit("fired").alias("state"),
    )
    terms = (
        pl.select(
            pl.lit(name).alias("name"),
            values[name].alias("value"),
            weight[name].alias("weight"),
            _state(strength[name]).alias("state"),
        )
        for name in strength.columns
    )
    made = pl.concat([average, *terms], rechunk=True)
    size = (strength.height, weight.width)
    by_channel = np.arange(made.height).reshape(size[::-1]).T.ravel()
    return made[by_channel].to_struct("evidence").reshape(size).arr.to_list()


def _state(strength: pl.Series) -> pl.Expr:
    return (
        pl.when(strength.is_null())
        .then(pl.lit("not observable"))
        .when(strength == 0)
        .then(pl.lit("not fired"))
        .otherwise(pl.lit("fired"))
    )
