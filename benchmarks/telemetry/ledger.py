"""A month of a large fleet: bytes on disk, CPU seconds and memory to score the day after."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from beacon import history, pipeline, simulate
from beacon.coverage import scan
from beacon.history import Ledger
from beacon.settings import Settings
from beacon.weighing import name_keys

HOSTS = 300
"""A simulated day of so many hosts stands for the fleet, host names apart."""
LABELS = {
    "ledger_mb": "ledger, MB",
    "score_cpu_seconds": "CPU seconds to score the next day",
    "score_peak_mb": "peak memory, MB",
}


def measure(folder: Path, hosts: int, days: list[int], seed: int = 9) -> pl.DataFrame:
    """One row a number of earlier days: the ledger's size, and what `beacon score` takes.

    Every day is the same but for up to twenty minutes. The scoring is a process of its own,
    measured by the system: user and system seconds, and the most memory it held.
    """
    day = simulate.day(seed, HOSTS).events
    kept = name_keys(pipeline.keep(day, Settings()).rows)
    copies = -(-hosts // HOSTS)
    fleet, heard = (
        _copies(kept, "host", copies),
        _copies(scan(day.lazy()), "host", copies),
    )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    ledger, rows = Ledger(folder / "ledger"), []
    first, last = heard["first"].min(), heard["last"].max()
    for number in range(max(days) + 1):
        shift = timedelta(days=number)
        if number in days:
            size = sum(p.stat().st_size for p in ledger.folder.rglob("*.parquet"))
            export = folder / "today.parquet"
            _moved(_copies(day, "DeviceName", copies), "DeviceName", number).write_parquet(export)
            seconds, peak = _score(export, ledger.folder)
            rows.append((number, size / 1e6, seconds, peak))
            print(rows[-1], flush=True)
            export.unlink()
        today = _moved(fleet, "host", number).filter(pl.col("Timestamp") <= last + shift)
        entries = history.channel_entries(today).with_columns(service=pl.lit("github.com"))
        moved = heard.with_columns(pl.col("hour", "first", "last") + shift)
        ledger.record(entries, history.host_entries(moved), first + shift, last + shift)
    names = ["days", "ledger_mb", "score_cpu_seconds", "score_peak_mb"]
    return pl.DataFrame(rows, schema=names, orient="row")


def _copies(rows: pl.DataFrame, host: str, copies: int) -> pl.DataFrame:
    return pl.concat(
        rows.with_columns(pl.format("{}-{}", host, pl.lit(i)).alias(host)) for i in range(copies)
    )


def _moved(rows: pl.DataFrame, host: str, number: int) -> pl.DataFrame:
    """The rows a number of days later, and some minutes that differ from host to host and day."""
    minutes = (pl.col(host).str.to_lowercase().hash() + 7 * number) % 20
    later = pl.duration(days=number, minutes=minutes.cast(pl.Int64))
    return rows.with_columns(pl.col("Timestamp") + later)


def _score(export: Path, ledger: Path) -> tuple[float, float]:
    """CPU seconds and peak megabytes of `beacon score` with the ledger."""
    command = [sys.executable, "-m", "beacon", "score", str(export), "--history", str(ledger)]
    command += ["--quiet", "--format", "csv", "--output", str(export.with_suffix(".csv"))]
    running = subprocess.Popen(command)
    _, code, used = os.wait4(running.pid, 0)
    if code:
        raise RuntimeError(f"beacon score ended with {code}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3


def picture(table: pl.DataFrame, path: Path) -> None:
    """Size, seconds and memory against days, each with the straight line that fits best."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    days = table["days"].to_numpy()
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.5), layout="constrained")
    for axis, name in zip(axes, table.columns[1:], strict=True):
        values = table[name].to_numpy()
        slope, start = np.polyfit(days, values, 1)
        axis.plot(days, start + slope * days, color="grey", lw=1)
        axis.plot(days, values, "o")
        axis.set(xlabel="days in the ledger", ylabel=LABELS[name])
        axis.set_title(f"{start:.1f} + {slope:.2f} a day", fontsize=9)
        axis.set_ylim(bottom=0)
    figure.savefig(path, dpi=110)
