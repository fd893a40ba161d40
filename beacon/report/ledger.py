"""A history folder as a table of its days."""

import polars as pl

from beacon.history import Ledger
from beacon.inert import visible


def ledger_table(ledger: Ledger) -> str:
    """One line a day: hosts heard, channels kept, connections they stand for, kilobytes."""
    days = ledger.days()
    if not days:
        return visible(f"{ledger.folder}: no day yet") + "\n"
    by_day = pl.LazyFrame({"day": days})
    kept = (
        ledger.read("channels")
        .group_by("day")
        .agg(channels=pl.len(), connections=pl.col("counts").list.sum().sum())
    )
    heard = ledger.read("hosts").group_by("day").agg(hosts=pl.len())
    rows = by_day.join(heard, on="day", how="left").join(kept, on="day", how="left").sort("day")
    lines = [f"{'day':10}  {'hosts':>7}  {'channels':>9}  {'connections':>12}  {'kB':>8}"]
    for day, *numbers in rows.select("day", "hosts", "channels", "connections").collect().rows():
        hosts, channels, connections = (number or 0 for number in numbers)
        size = ledger.size(day) / 1000
        lines.append(f"{day}  {hosts:>7,}  {channels:>9,}  {connections:>12,}  {size:>8,.1f}")
    return "\n".join(lines) + "\n"
