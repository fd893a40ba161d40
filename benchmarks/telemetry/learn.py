"""Learns the weights of the terms of a history over simulated months, all others held.

`python -m benchmarks.telemetry weights` writes beacon/evidence/history_weights.json.
"""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from beacon import evidence
from beacon.evidence.fit import Limits, centred, fit
from beacon.settings import RankSettings
from benchmarks.telemetry import slow

TARGET = Path(evidence.__file__).parent / "history_weights.json"
SETTINGS = RankSettings()
Terms = dict[str, dict[str, float]]
NAMES = [term.name for term in evidence.REMEMBERED]


def measure(seeds: Sequence[int], hosts: int, days: int) -> pl.DataFrame:
    """Writes the weights; gives what they change, see `effect`."""
    months = []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            month = slow.company(seed, hosts, days)
            months.append(slow.channels(Path(folder) / "history", month, seed))
    rows = pl.concat(months)
    write(rows, fitted(rows), hosts)
    return effect(rows)


def fitted(rows: pl.DataFrame) -> Terms:
    """Weight and ordinary strength of each term."""
    strengths = rows.select(NAMES).fill_null(float("nan")).to_numpy()
    poller = (rows["label"] == "poller").to_numpy()
    ordinary = np.nanmean(strengths[~poller], axis=0)
    edge = np.array([term.sign * term.bound for term in evidence.REMEMBERED])
    prior = np.array([term.sign * term.presumed for term in evidence.REMEMBERED])
    # The rest of the ledger counts as it is: a feature whose weight is held at 1.
    limits = Limits(
        np.append(prior, 1.0),
        np.append(np.minimum(edge, 0), 1.0),
        np.append(np.maximum(edge, 0), 1.0),
        np.append(np.ones(len(NAMES)), 0.0),
    )
    x = np.column_stack([centred(strengths, ordinary), rows["rest"].to_numpy()])
    found, _ = fit(x, poller, limits)
    return {
        name: {"log_odds": round(float(w), 4), "ordinary": round(float(o), 4), "offset": 0.0}
        for name, w, o in zip(NAMES, found, ordinary, strict=False)
    }


def effect(rows: pl.DataFrame) -> pl.DataFrame:
    """Days of slow implants, listed and of medium severity or worse; benign channels of that.

    With the terms, each company is judged by weights learned from the others.
    """
    judged = []
    for seed in rows["seed"].unique().sort():
        own = rows.filter(pl.col("seed") == seed)
        terms = fitted(rows.filter(pl.col("seed") != seed))
        parts = [
            (pl.col(name) - term["ordinary"]).fill_null(0) * term["log_odds"]
            for name, term in terms.items()
        ]
        judged.append(own.with_columns(told=pl.col("rest") + pl.sum_horizontal(parts)))
    rows, days = pl.concat(judged), ["seed", "day"]
    tables = []
    for name, column in (("without", "rest"), ("with", "told")):
        place = pl.col(column).rank("ordinal", descending=True).over(days)
        score, poller = 1 / (1 + (-pl.col(column)).exp()), pl.col("label") == "poller"
        listed = (place <= SETTINGS.budget) & (score >= SETTINGS.low_score)
        medium = score >= SETTINGS.medium_score
        tables.append(
            rows.select(
                terms=pl.lit(name),
                implant_days=poller.sum(),
                listed=(poller & listed).sum(),
                medium=(poller & medium).sum(),
                benign_medium_a_day=(~poller & medium).sum() / pl.struct(days).n_unique(),
            )
        )
    return pl.concat(tables)


def write(rows: pl.DataFrame, terms: Terms, hosts: int) -> None:
    provenance = {
        "command": "python -m benchmarks.telemetry weights",
        "generator": "beacon.simulate, benchmarks.telemetry.slow",
        "seeds": rows["seed"].unique().sort().to_list(),
        "hosts": hosts,
        "channel_days": rows.height,
        "poller_days": int((rows["label"] == "poller").sum()),
    }
    lines = ",\n".join(f"    {json.dumps(n)}: {json.dumps(t)}" for n, t in terms.items())
    head = json.dumps({"provenance": provenance, "base_rate": SETTINGS.base_rate}, indent=2)
    TARGET.write_text(f'{head[:-2]},\n  "terms": {{\n{lines}\n  }}\n}}\n', encoding="utf-8")
