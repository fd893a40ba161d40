"""Thirty clean days and thirty with slow implants, scored day by day with a history."""

from datetime import timedelta
from pathlib import Path

import polars as pl

from beacon import pipeline, simulate
from beacon.settings import HistorySettings, Settings

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
