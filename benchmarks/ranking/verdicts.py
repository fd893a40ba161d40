"""What a week of verdicts is worth: `python -m benchmarks.ranking.verdicts`.

A simulated analyst reads the top of each day of a company's first week and says of each channel
what it is. The weights are refitted by `beacon.tune`; both weeks that follow (see `weeks`) are
then ranked as shipped, with the verdicts as evidence, with the refitted weights, and with both.
Once more with a share of the verdicts flipped: what wrong verdicts cost.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from beacon import evidence, tune
from beacon.evidence.verdict import recall_verdicts
from beacon.evidence.weights import Weights
from beacon.settings import Settings
from beacon.tune import Day
from benchmarks.ranking import measure, run, weeks
from benchmarks.ranking.report import table

TOP = 20
FLIPPED = 0.2
ARMS = ("verdicts as evidence", "weights refitted", "both")
_RECALLED = ("verdict", "verdict_is_poller", "verdict_by", "verdict_reason")


def remembering(day: Day, verdicts: pl.DataFrame) -> Day:
    """The day with what was said of its channels as evidence."""
    return day._replace(observed=recall_verdicts(day.observed.drop(_RECALLED), verdicts))


def week_of_verdicts(days: Sequence[Day], flipped: float, rng: np.random.Generator) -> pl.DataFrame:
    """What the analyst says, a new channel among the first `TOP` of a day at a time."""
    said: dict[str, bool] = {}
    for day in days:
        ranked = tune.judge(remembering(day, _frame(said)), evidence.shipped(), Settings())
        top = ranked.sort("score", descending=True).head(TOP)
        for alert, label in top.select("alert_id", "label").iter_rows():
            if alert not in said:
                said[alert] = (label == "poller") != (rng.random() < flipped)
    return _frame(said)


def _frame(said: dict[str, bool]) -> pl.DataFrame:
    return pl.DataFrame(
        {"alert_id": list(said), "is_poller": list(said.values())},
        schema={"alert_id": pl.String, "is_poller": pl.Boolean},
    ).with_columns(
        verdict=pl.when("is_poller")
        .then(pl.lit("TruePositive"))
        .otherwise(pl.lit("FalsePositive")),
        analyst=pl.lit("simulated"),
        reason=pl.lit("truth"),
    )


def precision(days: Sequence[Day], weights: Weights) -> float:
    """Mean over days of the precision among the first `TOP`."""
    ranked = [tune.judge(day, weights, Settings()).sort("score", descending=True) for day in days]
    return float(np.mean([(day["label"].head(TOP) == "poller").sum() / TOP for day in ranked]))


def most_moved(days: Sequence[Day], shipped: Weights, tuned: Weights) -> float:
    """The most log-odds by which the refit moves any channel against the average one."""
    moved = np.array([tuned.of(name) - shipped.of(name) for name in tune.names()])
    ordinary = np.array([shipped.ordinary.get(name, 0.0) for name in tune.names()])
    strengths = [evidence.strengths(day.observed).select(tune.names()).to_numpy() for day in days]
    return float(np.abs(np.nan_to_num(np.vstack(strengths) - ordinary) @ moved).max())


def company(seed: int, hosts: int, cache: Path | None) -> list[dict[str, Any]]:
    """One row a second week, share flipped and arm."""
    made, shipped, settings = weeks.company(seed, hosts, cache), evidence.shipped(), Settings()
    plain = {week: precision(made[week], shipped) for week in weeks.WEEKS[1:]}
    rows = []
    for flipped in (0.0, FLIPPED):
        said = week_of_verdicts(made["first"], flipped, np.random.default_rng([seed, 1]))
        tuned, *_ = tune.refit(made["first"], said, settings, shipped)
        for week, before in plain.items():
            recalled = [remembering(day, said) for day in made[week]]
            after = (
                precision(recalled, shipped),
                precision(made[week], tuned),
                precision(recalled, tuned),
            )
            rows += [
                {
                    "seed": seed, "week": week, "flipped": flipped, "arm": arm,
                    "before": before, "after": value,
                    "verdicts": said.height, "malicious": int(said["is_poller"].sum()),
                    "most_moved": most_moved(made[week], shipped, tuned),
                }
                for arm, value in zip(ARMS, after, strict=True)
            ]  # fmt: skip
    return rows


def summary(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Means over companies with bootstrap intervals; the gain is paired by company."""
    found = []
    for key, part in rows.group_by("week", "flipped", "arm", maintain_order=True):
        before, after = part["before"].to_numpy(), part["after"].to_numpy()
        found.append(
            dict(zip(("week", "flipped", "arm"), key, strict=True))
            | {
                "before": measure.interval(before),
                "after": measure.interval(after),
                "gain": measure.interval(after - before),
                "worst_company": float((after - before).min()),
                "most_moved": float(part["most_moved"].max()),
            }
        )
    return found


def markdown(outcome: dict[str, Any]) -> str:
    def spread(figure: Sequence[float]) -> str:
        return "{:.3f} ({:.3f} to {:.3f})".format(*figure)

    rows = [
        [
            row["week"], f"{row['flipped']:.0%}", row["arm"], spread(row["before"]),
            spread(row["after"]), spread(row["gain"]), f"{row['worst_company']:+.3f}",
        ]
        for row in outcome["summary"]
    ]  # fmt: skip
    head = ["week", "flipped", "arm", "P@20 before", "P@20 after", "gain", "worst company"]
    return _TEXT.format(**outcome["provenance"], **outcome, table=table(head, rows))


_TEXT = """# A week of verdicts

`{command}`; commit {commit}; {date}; {machine}.

{companies} simulated companies of {hosts} hosts, seeds {seeds}. An analyst
reads the first 20 of each of five days and says what they are ({verdicts:.0f} verdicts on average);
precision at 20 is of the following week. "same": the malware of the first week is still there;
"other": it has been removed, and other kinds have come. Intervals are 95 %, by bootstrap over
companies.

{table}

The most that a refit moved any channel: {most_moved:.2f} log-odds.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(625, 637)))
    parser.add_argument("--hosts", type=int, default=300)
    parser.add_argument("--cache", type=Path, help="keep observed days here")
    parser.add_argument("--output", type=Path, default=run.RESULTS)
    given = parser.parse_args()
    rows = pl.DataFrame(
        [row for seed in given.seeds for row in company(seed, given.hosts, given.cache)]
    )
    outcome = {
        "provenance": run.provenance("python -m benchmarks.ranking.verdicts"),
        "seeds": given.seeds,
        "hosts": given.hosts,
        "companies": len(given.seeds),
        "verdicts": float(rows["verdicts"].mean()),
        "most_moved": float(rows["most_moved"].max()),
        "summary": summary(rows),
        "rows": rows.to_dicts(),
    }
    run.save(given.output, "verdicts", outcome, markdown(outcome))


if __name__ == "__main__":
    main()
