"""Adds the terms up: log-odds = base rate + sum of weights, each kept beside the sum."""

import json
import math
from importlib import resources

import polars as pl

from beacon.evidence.terms import TERMS


def weigh(channels: pl.DataFrame, base_rate: float) -> pl.DataFrame:
    """Add `evidence` (the ledger) and `log_odds` (its sum with the base rate) to each channel.

    A term that is not observable, or did not fire, adds nothing; it is listed all the same.

    Args:
        channels: one row a channel, with every column that the terms read.
        base_rate: share of channels that are pollers before any evidence, in (0, 1).
    """
    weights = shipped_weights()
    named = channels.with_columns(
        term.strength.cast(pl.Float64).alias(f"strength {term.name}") for term in TERMS
    ).with_columns(
        (pl.col(f"strength {term.name}").fill_null(0.0) * weights[term.name]).alias(
            f"weight {term.name}"
        )
        for term in TERMS
    )
    entries = [_entry(pl.col(f"strength {t.name}"), t.name, t.value) for t in TERMS]
    log_odds = pl.sum_horizontal(f"weight {term.name}" for term in TERMS) + logit(base_rate)
    return named.with_columns(evidence=pl.concat_list(entries), log_odds=log_odds).drop(
        f"{kind} {term.name}" for term in TERMS for kind in ("strength", "weight")
    )


def logit(probability: float) -> float:
    """ln(p / (1 - p))."""
    return math.log(probability) - math.log1p(-probability)


def shipped_weights() -> dict[str, float]:
    """Log-odds a unit of strength for each term, from `weights.json` beside this file."""
    text = resources.files("beacon.evidence").joinpath("weights.json").read_text(encoding="utf-8")
    weights: dict[str, float] = json.loads(text)["weights"]
    return weights


def _entry(strength: pl.Expr, name: str, value: pl.Expr) -> pl.Expr:
    state = (
        pl.when(strength.is_null())
        .then(pl.lit("not observable"))
        .when(strength == 0)
        .then(pl.lit("not fired"))
        .otherwise(pl.lit("fired"))
    )
    return pl.struct(
        pl.lit(name).alias("name"),
        pl.when(strength.is_not_null()).then(value).fill_null("").alias("value"),
        pl.col(f"weight {name}").alias("weight"),
        state.alias("state"),
    )
