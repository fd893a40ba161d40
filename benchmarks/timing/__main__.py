"""The timing benchmark: `python -m benchmarks.timing --seeds 9301 9302 9303 9401 9402 9403`.

Prints the table (cells x detectors), saves it as JSON and Markdown with seeds, commit and
machine to benchmarks/timing/results/, and draws the picture.
"""

import argparse
import json
import os
import platform
import subprocess
import time
from pathlib import Path

import numpy as np

from benchmarks.timing import evaluate, grid, metrics, report
from benchmarks.timing.baselines import DETECTORS
from benchmarks.timing.negatives import ADVERSARIAL

RESULTS = Path(__file__).parent / "results"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seeds", type=int, nargs="+", default=[9301, 9302, 9303, 9401, 9402, 9403]
    )
    parser.add_argument("--positives", type=int, default=2700, help="a seed")
    parser.add_argument("--negatives", type=int, default=7000, help="a seed")
    parser.add_argument("--no-baselines", action="store_true")
    parser.add_argument("--output", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    detectors = {} if chosen.no_baselines else DETECTORS
    grids = [grid.make(seed, chosen.positives, chosen.negatives) for seed in chosen.seeds]
    measured = [evaluate.scores(made, detectors) for made in grids]
    results = evaluate.join([scores for scores, _ in measured])
    found = evaluate.join([found for _, found in measured])
    positive = np.concatenate([made.positive for made in grids])
    cells = [cell for made in grids for cell in made.cells]
    rows, false = evaluate.table(results, positive, cells)
    limits = metrics.thresholds(results[evaluate.OURS][~positive])
    at_rare = {name: metrics.thresholds(score[~positive])[1] for name, score in results.items()}
    seed = chosen.seeds[0]
    conceded = grid.make(seed, 0, 1500, tuple(ADVERSARIAL))
    claims = evaluate.kernel.measure(conceded.times, conceded.offsets)["evidence"]
    names = np.array([cell["null"] for cell in conceded.cells])
    outcome = {
        "seeds": chosen.seeds,
        "commit": subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
        ).stdout.strip(),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "date": time.strftime("%Y-%m-%d"),
        "positives": int(positive.sum()),
        "negatives": int((~positive).sum()),
        "limits_log10": limits,
        "cells": rows,
        "false": false,
        "reliability": metrics.reliability(results[evaluate.OURS], positive),
        "fitted": evaluate.fitted(found, cells, limits[0]),
        "three_polls": evaluate.three_polls(limits, seed),
        "above_channels": evaluate.above_channels(limits, seed),
        "conceded": {
            name: [float((claims[names == name] > limit).mean()) for limit in (1, 2, 3)]
            for name in ADVERSARIAL
        },
        "curves": evaluate.curves(at_rare, seed),
    }
    chosen.output.mkdir(parents=True, exist_ok=True)
    (chosen.output / "timing.json").write_text(json.dumps(outcome, indent=1) + "\n")
    text = report.markdown(outcome)
    (chosen.output / "timing.md").write_text(text)
    print(text)
    report.picture(outcome, chosen.output / "timing.png")


if __name__ == "__main__":
    main()
