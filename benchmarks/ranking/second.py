"""The same order on days of the other generator: `python -m benchmarks.ranking.second`.

Nothing was learned from `foreign`, and nothing is set by these seeds: 1 to 10 were looked at while
terms were chosen, 21 to 30 are reported, one of each size of fleet.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from beacon import pipeline
from beacon.settings import Settings
from benchmarks.ranking import baselines, compare, foreign, measure, run
from benchmarks.ranking.days import KEY
from benchmarks.ranking.report import spread, table


def day(seed: int) -> pl.DataFrame:
    """One row a channel of a foreign day: truth, our score, and one column a plainer rule."""
    events, truth = foreign.day(seed)
    observed, _ = pipeline.observe(events, Settings())
    ours = compare.judged(observed).rename({"score": compare.OURS})
    others = baselines.score(events)
    # Alphabetical: a tie must not be broken by our own order.
    return ours.join(truth, on=KEY).join(others, on=KEY).sort(KEY)


def figures(channels: pl.DataFrame, method: str = compare.OURS) -> dict[str, Any]:
    """Average precision, precision at 10, and the benign kinds above the line, of one day."""
    poller, score = (channels["label"] == "poller").to_numpy(), channels[method].to_numpy()
    above = measure.benign_above(poller, score, compare.RECALL)
    return {
        "channels": channels.height,
        "pollers": int(poller.sum()),
        "average_precision": measure.average_precision(poller, score),
        # A day of four pollers cannot fill ten places.
        "precision_at_10": measure.precision_at(10)(poller, score),
        "best_at_10": min(int(poller.sum()), 10) / 10,
        "benign_above_line": dict(Counter(channels["kind"].to_numpy()[above].tolist())),
        "calibration_error": measure.calibration_error(poller, score)
        if method == compare.OURS
        else None,
    }


def measured(seeds: Sequence[int]) -> dict[str, Any]:
    days = {seed: day(seed) for seed in seeds}
    methods = (compare.OURS, *baselines.NAMES)
    return {
        "days": [{"seed": s, **_made(s), **figures(channels)} for s, channels in days.items()],
        "methods": {
            method: measure.interval(
                np.array([figures(d, method)["average_precision"] for d in days.values()])
            )
            for method in methods
        },
    }


def _made(seed: int) -> dict[str, Any]:
    return {
        "hosts": foreign.FLEETS[seed % len(foreign.FLEETS)],
        "lacking": len(foreign.LACKING[seed % len(foreign.LACKING)]),
    }


def markdown(outcome: dict[str, Any]) -> str:
    rows = [
        [
            str(d["seed"]), str(d["hosts"]), str(d["lacking"]), str(d["channels"]),
            str(d["pollers"]), f"{d['average_precision']:.2f}",
            f"{d['precision_at_10']:.1f} of {d['best_at_10']:.1f}",
            str(sum(d["benign_above_line"].values())),
            ", ".join(f"{kind} {n}" for kind, n in d["benign_above_line"].items()),
        ]
        for d in outcome["days"]
    ]  # fmt: skip
    head = ["seed", "hosts", "columns lacking", "channels", "pollers", "AP", "P@10", "benign above",
            "which"]  # fmt: skip
    methods = [[name, spread(figure)] for name, figure in outcome["methods"].items()]
    return _TEXT.format(
        **outcome["provenance"],
        days=table(head, rows),
        methods=table(["method", "average precision"], methods),
        precision=np.mean([d["precision_at_10"] for d in outcome["days"]]),
        best=np.mean([d["best_at_10"] for d in outcome["days"]]),
        above=np.mean([sum(d["benign_above_line"].values()) for d in outcome["days"]]),
        ece=np.mean([d["calibration_error"] for d in outcome["days"]]),
    )


_TEXT = """# Ranking on days of another generator

`{command}`; commit {commit}; {date}; {machine}.

`benchmarks/ranking/foreign.py`: other programs, folders, names, proportions and fleet sizes; no
weight was learned from it. "benign above": benign channels above the line that keeps 90 % of the
day's pollers. P@10 beside the most that the day's pollers allow. It is invented too.

{methods}

Precision at 10: {precision:.2f} (at most {best:.2f}). Benign above the line: {above:.1f} a day.
Expected calibration error: {ece:.4f}.

{days}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(21, 31)))
    parser.add_argument("--output", type=Path, default=run.RESULTS)
    given = parser.parse_args()
    outcome = measured(given.seeds)
    outcome["provenance"] = run.provenance("python -m benchmarks.ranking.second")
    run.save(given.output, "foreign", outcome, markdown(outcome))


if __name__ == "__main__":
    main()
