"""Retrains the weights: `python -m benchmarks.ranking.train --date 2026-05-04`.

Writes beacon/evidence/weights.json and docs/model-card.md. Same seeds, same code, same bytes.
"""

import argparse
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from beacon import evidence
from beacon.evidence.weights import Weights
from benchmarks.ranking import card, days, learn, measure

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "beacon" / "evidence" / "weights.json"
CARD = ROOT / "docs" / "model-card.md"


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    seeds = range(options.first_seed, options.first_seed + options.days)
    channels = days.load(seeds, options.hosts, options.cache)
    d = learn.data(channels)
    judged, crossed = learn.cross_fitted(d)
    provenance = {
        "command": "python -m benchmarks.ranking.train",
        "date": options.date,
        "commit": _commit(),
        "generator": "beacon.simulate",
        "seeds": [seeds[0], seeds[-1]],
        "hosts": options.hosts,
        "channels": int(judged.poller.size),
        "pollers": int(judged.poller.sum()),
        "pull": learn.PULL,
        "cross_fitted": _figures(judged, crossed),
    }
    weights = learn.weights(d, provenance)
    write(weights, options.output)
    left_out = leave_kinds_out(d)
    CARD.write_text(card.write(weights, left_out), encoding="utf-8") if options.card else None
    print(json.dumps(provenance, indent=2))
    for row in left_out:
        print(
            "{kind:22} {channels:4}  in {with_kind:.3f}  left out {without_kind:.3f}".format(**row)
        )


def write(weights: Weights, path: Path) -> None:
    """A weights file: readable, one term a line, in the order of the ledger."""
    terms = ",\n".join(
        f"    {json.dumps(t.name)}: "
        + json.dumps(
            {
                "log_odds": weights.of(t.name),
                "ordinary": weights.ordinary[t.name],
                "offset": weights.offset[t.name],
            }
        )
        for t in evidence.LEARNED
    )
    head = json.dumps(
        {
            "provenance": weights.provenance,
            "base_rate": weights.base_rate,
        },
        indent=2,
    )
    path.write_text(f'{head[:-2]},\n  "terms": {{\n{terms}\n  }}\n}}\n', encoding="utf-8")


def leave_kinds_out(d: learn.Data) -> list[dict[str, Any]]:
    """For each kind of implant: how it ranks with its kind in training, and without.

    Average precision of the kind's channels against the benign ones of the same days, by weights
    that saw neither those companies nor, in the second column, that kind.
    """
    rows = []
    judged, crossed = learn.cross_fitted(d, folds=2, offsets=False)
    for kind in sorted(set(d.kind[d.poller].tolist())):
        own = d.poller & (d.kind == kind)
        unseen, without = learn.cross_fitted(
            d.where(own | ~d.poller), taught=d.where(~own), folds=2, offsets=False
        )
        mine = (judged.kind == kind) | ~judged.poller
        rows.append(
            {
                "kind": kind,
                "channels": int(unseen.poller.sum()),
                "with_kind": _day_ap(judged.where(mine), crossed[mine]),
                "without_kind": _day_ap(unseen, without),
            }
        )
    return rows


def _day_ap(d: learn.Data, score: np.ndarray) -> float:
    return float(measure.by_day(measure.average_precision, d.poller, score, d.seed).mean())


def _figures(d: learn.Data, crossed: np.ndarray) -> dict[str, Any]:
    values = measure.by_day(measure.average_precision, d.poller, crossed, d.seed)
    mean, low, high = measure.interval(values)
    probability = 1 / (1 + np.exp(-crossed))
    return {
        "mean_average_precision": round(mean, 3),
        "interval_95": [round(low, 3), round(high, 3)],
        "expected_calibration_error": round(measure.calibration_error(d.poller, probability), 5),
    }


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.strip() or "unknown"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--date", required=True, help="date of the training, for the record")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--hosts", type=int, default=300)
    parser.add_argument("--cache", type=Path, help="keep simulated days here")
    parser.add_argument("--output", type=Path, default=TARGET)
    parser.add_argument("--no-card", dest="card", action="store_false")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
