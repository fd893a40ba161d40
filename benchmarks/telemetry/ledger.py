"""A month of a large fleet: bytes on disk, seconds and memory for the day after."""

import resource
import shutil
import time
from datetime import timedelta
from pathlib import Path

import polars as pl

from beacon import history, pipeline, remembering, simulate
from beacon.coverage import scan
from beacon.history import Ledger
from beacon.schema import KEY
from beacon.settings import HistorySettings, Settings
from beacon.weighing import name_keys


def measure(folder: Path, hosts: int, days: list[int], seed: int = 9) -> pl.DataFrame:
    """One row a number of days: size of the ledger, seconds to recall and to record a day.

    A simulated day of 300 hosts stands for the fleet, host names apart, a few minutes later
    every day.
    """
    day = simulate.day(seed, 300).events
    kept = name_keys(pipeline.keep(day, Settings()).rows)
    copies = -(-hosts // 300)
    fleet = pl.concat(
        kept.with_columns(pl.format("{}-{}", "host", pl.lit(i)).alias("host"))
        for i in range(copies)
    )
    hours = scan(day.lazy()).collect()
    heard = pl.concat(
        hours.with_columns(pl.format("{}-{}", "host", pl.lit(i)).alias("host"))
        for i in range(copies)
    )
    shutil.rmtree(folder, ignore_errors=True)
    ledger, rows = Ledger(folder), []
    first, last = heard["first"].min(), heard["last"].max()
    for number in range(max(days) + 1):
        shift = timedelta(days=number)
        drift = pl.duration(minutes=(pl.col("host").hash() % 20).cast(pl.Int64))
        today = fleet.with_columns(pl.col("Timestamp") + shift + drift).filter(
            pl.col("Timestamp") <= last + shift
        )
        entries = history.channel_entries(today).with_columns(service=pl.lit("github.com"))
        channels = today.group_by(KEY).agg(
            first_seen=pl.col("Timestamp").min(), service=pl.lit("github.com")
        )
        began = time.perf_counter()
        if number in days:
            remembering.recall(ledger, channels, entries, first + shift, HistorySettings())
        recalled = time.perf_counter()
        moved = heard.with_columns(pl.col("hour", "first", "last") + shift)
        ledger.record(entries, history.host_entries(moved), first + shift, last + shift)
        recorded = time.perf_counter()
        if number in days:
            size = sum(p.stat().st_size for p in folder.rglob("*.parquet"))
            rows.append((number, entries.height, size / 1e6, recalled - began, recorded - recalled,
                         resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3))  # fmt: skip
    names = ["days", "channels", "ledger_mb", "recall_seconds", "record_seconds", "peak_mb"]
    return pl.DataFrame(rows, schema=names, orient="row")
