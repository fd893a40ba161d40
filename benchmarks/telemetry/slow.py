"""Companies with implants too slow for one day: who is found, by which day, at what cost.

Six kinds of slow implant come to a simulated company on a day of their own and stay.
"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from beacon import evidence, pipeline, simulate
from beacon.schema import KEY
from beacon.settings import HistorySettings, Settings
from beacon.simulate import assemble
from beacon.simulate.acts import act
from beacon.simulate.clocks import DAY
from beacon.simulate.kinds import Kind
from beacon.simulate.world import found, stream

LOOKED_AT = (3, 4, 5, 7, 9, 12, 15, 19, 24, 29)
"""Days (from 0) whose channels weights are learned from: neighbours tell the same twice."""
LATEST_START = 12
_STARTS = simulate.IMPLANTS["slow"].starts + simulate.IMPLANTS["powershell_task"].starts
_DROPS = simulate.IMPLANTS["slow"].services


def _kind(name: str, names: tuple[int, ...] = (1,), **rhythm: Any) -> Kind:
    return Kind(name, "slow", _STARTS, _DROPS, rhythm, names=names)


KINDS = (
    _kind("6 h, jitter 10 %", type="loop", one_of=[21_600], jitter=[0.1]),
    _kind("4 h, jitter 20 %", type="loop", one_of=[14_400], jitter=[0.2]),
    _kind("6 h task", type="task", one_of=[21_600]),
    _kind("daily schedule", type="task", one_of=[86_400]),
    _kind("daily, jitter 20 %", type="loop", one_of=[86_400], jitter=[0.2]),
    _kind("6 h over three drops", (3,), type="loop", one_of=[21_600], jitter=[0.1]),
)


class Month(NamedTuple):
    """A company's exports as one, and the truth; `start` is the day on which an implant came."""

    events: pl.DataFrame
    truth: pl.DataFrame


def company(seed: int, hosts: int, days: int, kinds: tuple[Kind, ...] = KINDS) -> Month:
    clean = simulate.day(seed, hosts, days, leave_out=list(simulate.IMPLANTS))
    world = found(seed, hosts, days, simulate.MONDAY)
    benign = clean.truth.with_columns(start=pl.lit(None, pl.Int64))
    if not kinds:
        return Month(clean.events, benign)
    rng = stream(seed, "slow months")
    victims = rng.permutation(len(world.hosts))[: len(kinds)]
    activities, starts = [], {}
    for number, (kind, victim) in enumerate(zip(kinds, victims, strict=False)):
        recipe, chance = stream(seed, "slow", number), stream(seed, "slow times", number)
        name = f"s{seed}-{number}"
        made = act(kind, world, world.hosts[victim], recipe, chance, name)
        starts[name] = int(rng.integers(min(LATEST_START, days - 6) + 1))
        late = made.times >= starts[name] * DAY
        activities.append(
            replace(made, times=made.times[late], runs=made.runs[late], codes=made.codes[late])
        )
    activities = [activity for activity in activities if activity.times.size]
    rows = assemble.events(
        stream(seed, "slow rows"), world.hosts, activities, world.horizon, simulate.MONDAY
    )
    came = pl.col("campaign").replace_strict(starts, default=None, return_dtype=pl.Int64)
    slow = assemble.truth(activities, rows).with_columns(start=came)
    both = pl.concat([slow, benign]).unique(KEY, keep="first", maintain_order=True)
    return Month(pl.concat([clean.events, rows]).sort("Timestamp", maintain_order=True), both)


def each_day(month: Month) -> list[pl.DataFrame]:
    first = month.events["Timestamp"].min()
    assert isinstance(first, datetime)
    start = first.replace(hour=0, minute=0, second=0, microsecond=0)
    number = (pl.col("Timestamp") - start).dt.total_days()
    return month.events.with_columns(day=number).partition_by("day", include_key=False)


def channels(folder: Path, month: Month, seed: int) -> pl.DataFrame:
    """Channels of `LOOKED_AT`, by their worst part: label, strengths, `rest` of the log-odds."""
    settings = Settings(history=HistorySettings(folder=folder))
    truth = month.truth.select(*KEY, "label", "kind", "start")
    unweighed = evidence.shipped().without([t.name for t in evidence.REMEMBERED])
    found = []
    for number, today in enumerate(each_day(month)):
        if number in LOOKED_AT:
            observed, _ = pipeline.observe(today, settings)
            strengths = evidence.strengths(observed).select(t.name for t in evidence.REMEMBERED)
            rest = evidence.weigh(observed, settings.rank.base_rate, unweighed)
            found.append(rest.select(*KEY, day=number, rest=pl.col("log_odds")).hstack(strengths))
        pipeline.score(today, settings)
    rows = pl.concat(found, how="vertical_relaxed").sort("rest", descending=True)
    speaking = rows.unique([*KEY, "day"], keep="first", maintain_order=True)
    rows = speaking.join(truth, on=KEY, how="left")
    # Before an implant comes, the channel that it will hide in is a benign one.
    early = pl.col("day") < pl.col("start")
    label = pl.when(early).then(pl.lit("benign")).otherwise("label")
    return rows.with_columns(label=label.fill_null("benign"), seed=pl.lit(seed))
