"""Two working weeks of one simulated company, a day an export, for what verdicts teach.

The benign side goes on from the first week into the second. So does the malware in "same"; in
"other" that of the first week has been found and removed, and other kinds have come.
"""

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from beacon import evidence, pipeline, rules, simulate
from beacon.settings import Settings
from beacon.tune import Day

KEY = ("host", "process", "domain")
WORKING_DAYS = 5
SECOND_MONDAY = 7
WEEKS = ("first", "same", "other")
START = datetime.combine(simulate.MONDAY, time(), UTC)


def company(seed: int, hosts: int, cache: Path | None = None) -> dict[str, list[Day]]:
    """The weeks of a company: first, same, other; `observed` has `label` and `kind` beside.

    Args:
        seed: of the company; it also decides which half of the kinds of malware comes first.
        hosts: machines.
        cache: folder that keeps the observed days; nothing is kept where None.
    """
    kept = cache / f"weeks-{hosts}-{seed}.parquet" if cache else None
    if kept is not None and kept.exists():
        frame = pl.read_parquet(kept)
    else:
        frame = pl.concat(_observed(seed, hosts), how="diagonal_relaxed")
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            frame.write_parquet(kept)
    services = rules.load(Settings().rule).services
    weeks: dict[str, list[Day]] = {name: [] for name in WEEKS}
    for (week, number), day in frame.group_by("week", "day", maintain_order=True):
        first = START + timedelta(days=int(str(number)))
        fresh = evidence.observe(day, services, day["fleet_hosts"][0])
        name = f"{seed} {week} {number}"
        weeks[str(week)].append(Day(name, first, first + timedelta(hours=23), fresh))
    return weeks


def _observed(seed: int, hosts: int) -> list[pl.DataFrame]:
    """Every day of every week, with `week`, `day`, `label` and `kind`."""
    kinds = np.random.default_rng(seed).permutation(sorted(simulate.IMPLANTS)).tolist()
    halves = kinds[::2], kinds[1::2]
    found = []
    for left_out, weeks in ((halves[0], WEEKS[:2]), (halves[1], WEEKS[2:])):
        made = _fortnight(seed, hosts, left_out)
        for week in weeks:
            begin = 0 if week == "first" else SECOND_MONDAY
            found += [
                _day(made, begin + number).with_columns(week=pl.lit(week))
                for number in range(WORKING_DAYS)
            ]
    return found


def _fortnight(seed: int, hosts: int, left_out: Collection[str]) -> simulate.Simulated:
    return simulate.day(seed, hosts, SECOND_MONDAY + WORKING_DAYS, leave_out=left_out)


def _day(made: simulate.Simulated, number: int) -> pl.DataFrame:
    low = START + timedelta(days=number)
    time = pl.col("Timestamp")
    events = made.events.filter(time >= low, time < low + timedelta(days=1))
    truth = made.truth.select(*KEY, "label", "kind")
    observed, _ = pipeline.observe(events, Settings())
    return observed.join(truth, on=KEY, how="left", maintain_order="left").with_columns(
        day=pl.lit(number)
    )
