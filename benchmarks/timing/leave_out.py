"""What the learned rules do to what they never saw: `python -m benchmarks.timing.leave_out`.

One class of traffic, or one family of timers, is left out of the design in turn. Reported: for
traffic the share above log10 evidence 1, 2, 3; for timers the TPR at the thresholds that the
full rules have at FPR 1e-2 and 1e-3. Each beside the same with nothing left out.
"""

import json
from pathlib import Path

import numpy as np

from beacon.timing import combine, kernel
from benchmarks.timing import fit, grid, metrics, negatives, positives

SEED, TEST_SEED = 451, 452
CLAIMS = (1.0, 2.0, 3.0)


def _evidence(found, learned):
    known = found["polls"] >= 3
    evidence = np.zeros(known.size)
    some = {name: values[known] for name, values in found.items()}
    evidence[known] = combine.log10_evidence(some, learned)
    return evidence


def _share(evidence, limits):
    return [round(float((evidence >= limit).mean()), 4) for limit in limits]


def main():
    shares = positives.DESIGN_SHARES
    made = grid.make(SEED, 8000, 50_000, tuple(negatives.DESIGN), shares=shares)
    test = grid.make(TEST_SEED, 8000, 20_000)
    found, seen = (kernel.members_of(g.times, g.offsets) for g in (made, test))
    nulls, test_nulls = (np.array([c.get("null", "") for c in g.cells]) for g in (made, test))
    family, test_family = (
        np.array([c.get("kind", "").partition(".")[0] for c in g.cells]) for g in (made, test)
    )
    full = _evidence(seen, fit.train(found, made.positive))
    limits = metrics.thresholds(full[~test.positive])
    rows = {}
    for name in negatives.CLASSES:
        kept = (nulls != name) & (nulls != "mixture")
        some = {key: values[kept] for key, values in found.items()}
        without = _evidence(seen, fit.train(some, made.positive[kept]))
        mine = test_nulls == name
        rows[name] = (_share(without[mine], CLAIMS), _share(full[mine], CLAIMS))
        print(name, *rows[name], flush=True)
    for name in sorted({kind.partition(".")[0] for kind in positives.KINDS}):
        kept = family != name
        some = {key: values[kept] for key, values in found.items()}
        without = _evidence(seen, fit.train(some, made.positive[kept]))
        mine = test_family == name
        rows[name] = (_share(without[mine], limits), _share(full[mine], limits))
        print(name, *rows[name], flush=True)
    path = Path(__file__).parent / "results" / "leave_out.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"limits": limits, "left out, in": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
