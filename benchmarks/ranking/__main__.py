"""The ranking benchmark: `python -m benchmarks.ranking`.

Compares orders of simulated days that nothing was learned from; prints the tables and saves them
as JSON, Markdown and a picture to benchmarks/ranking/results/.
"""

import argparse
from pathlib import Path

import polars as pl

from beacon import evidence, simulate
from benchmarks.ranking import report, run
from benchmarks.ranking.compare import compare, day


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(601, 625)))
    parser.add_argument("--clean-days", type=int, default=4, help="of the first seeds")
    parser.add_argument("--hosts", type=int, default=300)
    parser.add_argument("--output", type=Path, default=run.RESULTS)
    given = parser.parse_args()
    first, last = evidence.shipped().provenance["seeds"]
    learned_from = sorted(set(given.seeds) & set(range(first, last + 1)))
    if learned_from:
        parser.error(f"seeds {learned_from} are among those that the weights were learned from")
    clean_seeds = given.seeds[: given.clean_days]
    days = pl.concat([day(seed, given.hosts) for seed in given.seeds])
    implants = list(simulate.IMPLANTS)
    clean = pl.concat([day(seed, given.hosts, leave_out=implants) for seed in clean_seeds])
    outcome = compare(days, clean)
    outcome["provenance"] = run.provenance("python -m benchmarks.ranking") | {
        "seeds": ", ".join(map(str, given.seeds)),
        "clean_seeds": ", ".join(map(str, clean_seeds)),
        "trained": f"{first} to {last}",
        "hosts": given.hosts,
    }
    run.save(given.output, "ranking", outcome, report.markdown(outcome))
    report.picture(outcome, given.output / "ranking.png")


if __name__ == "__main__":
    main()
