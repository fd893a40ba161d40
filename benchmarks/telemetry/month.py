"""Thirty clean days and thirty with slow implants, scored day by day with a history."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import polars as pl

from beacon import pipeline, simulate
from beacon.schema import KEY
from beacon.settings import HistorySettings, Settings
from benchmarks.telemetry import slow

FOUND = 2.0


def clean(folder: Path, hosts: int, days: int, seed: int) -> pl.DataFrame:
    """Alerts a day on a company without malware, with and without the history."""
    month = simulate.day(seed, hosts, days, leave_out=list(simulate.IMPLANTS)).events
    rows = []
    for number in range(days):
        start = month["Timestamp"].min().replace(hour=0, minute=0, second=0, microsecond=0)
        low = start + timedelta(days=number)
        today = month.filter(
            pl.col("Timestamp") >= low, pl.col("Timestamp") < low + timedelta(days=1)
        )
        alone = pipeline.score(today, Settings())
        remembered = pipeline.score(today, Settings(history=HistorySettings(folder=folder)))
        said = [any("of the history" in note for note in q) for q in remembered.channels["quality"]]
        slow = remembered.channels.filter(pl.Series(said))
        severe = pl.col("severity").is_in(["critical", "high", "medium"])
        rows.append(
            {
                "day": number + 1,
                "channels": alone.channels.height,
                "severe_alone": alone.channels.filter(severe).height,
                "severe_remembered": remembered.channels.filter(severe).height,
                "slow_channels": slow.height,
                "slow_timed": slow.filter(pl.col("timing_evidence") >= FOUND).height,
            }
        )
    return pl.DataFrame(rows)


def slow_found(folder: Path, seeds: Sequence[int], hosts: int, days: int) -> pl.DataFrame:
    """Implants too slow for a day, by kind: on which day since they came they are timed and listed.

    `timed`: log10 Bayes factor of 2 or more; `called a habit`: its quality says, on some day, that
    people do so too. Hosts that sleep leave one or two polls a day of a timer of 6 h.
    """
    seen = pl.concat([_followed(folder / str(seed), seed, hosts, days) for seed in seeds])
    implants = seen.filter(pl.col("kind").is_not_null())
    by = [
        ("timed", pl.col("timing_evidence") >= FOUND, (4, 5, 7)),
        ("listed", pl.col("listed"), (4, 5, 7)),
    ]
    told = implants.group_by("seed", "kind", "always on").agg(
        *(
            (test & (pl.col("age") <= day)).any().alias(f"{name} by day {day}")
            for name, test, on in by
            for day in on
        ),
        pl.col("is_habit").any().alias("called a habit"),
    )
    by_kind = told.group_by("kind", "always on")
    found = by_kind.agg(pl.len().alias("implants"), pl.selectors.boolean().sum())
    return found.sort("kind", "always on")


def _followed(folder: Path, seed: int, hosts: int, days: int) -> pl.DataFrame:
    """Channels of implants (by their age in days) and of others, day by day with the history."""
    month = slow.company(seed, hosts, days)
    truth = month.truth.select(*KEY, "kind", "start").filter(pl.col("start").is_not_null())
    hours = pl.col("Timestamp").dt.truncate("1h").n_unique() / (24 * days)
    awake = month.events.group_by(host=pl.col("DeviceName").str.to_lowercase()).agg(share=hours)
    settings = Settings(history=HistorySettings(folder=folder))
    rows = []
    for number, today in enumerate(slow.each_day(month)):
        result = pipeline.score(today, settings)
        came = truth.filter(pl.col("start") <= number)
        listed = pl.col("alert_id").is_in(result.alerts["alert_id"].implode())
        habit = pl.col("quality").list.eval(pl.element().str.contains("so do people")).list.any()
        rows.append(
            result.channels.join(came, on=KEY, how="left").join(awake, on="host").select(
                *KEY, "kind", "severity", "score", "timing_evidence",
                seed=pl.lit(seed), day=pl.lit(number), age=number - pl.col("start") + 1,
                listed=listed, is_habit=habit,
                **{"always on": (pl.col("share") > 0.9).replace_strict({True: "yes", False: "no"})},
            )
        )  # fmt: skip
    return pl.concat(rows)
