"""Joins the stages on Spark; the result is that of `pipeline.score` on the same rows."""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from beacon import coverage, gather, weighing
from beacon.gather import Found, Seen
from beacon.history import Ledger
from beacon.progress import Progress, silent
from beacon.result import Result
from beacon.schema import AGGREGATED, EVENTS
from beacon.settings import Settings
from beacon.spark import values
from beacon.spark.frames import PACKED, collect, unpack
from beacon.spark.look import is_candidate, look
from beacon.spark.partition import Job, events, find
from beacon.spark.session import session
from beacon.spark.table import Table, open_table

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

PARTITION_ROWS = 250_000
"""Candidates for each partition, so that one is seconds of work and some hundred megabytes."""


def score(
    source: "DataFrame | str | Path | Sequence[str | Path]",
    settings: Settings | None = None,
    progress: Progress = silent,
    *,
    master: str | None = None,
    partitions: int | None = None,
) -> Result:
    """The main job on Spark.

    Args:
        source: a DataFrame of Defender columns, the name of a table, or Parquet files.
        settings: thresholds; the defaults where None.
        progress: called as each stage goes on.
        master: where to start a session if there is none, e.g. `local[2]`.
        partitions: into how many the candidates are cut; None: by their number.

    Raises:
        InputError: nothing in the source can be used.
        BeaconError: Spark is not there.
    """
    settings = settings or Settings()
    spark = source.sparkSession if hasattr(source, "sparkSession") else session(master)
    folder = settings.history.folder
    with Ledger(folder).locked() if folder else nullcontext():
        table = open_table(source, spark, settings)
        return _score(table, settings, progress, partitions)


def _score(table: Table, settings: Settings, progress: Progress, partitions: int | None) -> Result:
    progress("counting rows", 0, 0)
    judged = values.judge(table.rows, settings.rule)
    seen, number, timeless = look(table, judged, settings.rule)
    job = Job(settings, table.columns, seen.newest)
    size = partitions or max(1, -(-number // PARTITION_ROWS))
    rows = judged.where(is_candidate(judged)).where("Timestamp IS NOT NULL")
    candidates = rows.select(*table.rows.columns).repartition(size, _host()).persist()
    try:
        progress("scoring rows", 0, number)
        found, repeated = _find(candidates, job)
        counts = pl.concat(
            [found.counts, pl.DataFrame({"no Timestamp": [timeless]})], how="diagonal"
        )
        summary, dropped = gather.summarise(table.export, seen, counts, repeated, settings)
        reports = _reports(table, seen, job, size)
        observed, entries = gather.observe(found, seen, summary, settings, reports)
        progress("scoring rows", number, number)
        ranked = weighing.weigh(observed, settings)
        alerts = weighing.shortlist(ranked, settings, summary.day)
        timeline = _timeline(candidates, alerts, job)
    finally:
        candidates.unpersist()
    gather.record(entries, seen, summary, settings)
    return Result(ranked, dropped, summary, timeline)


def _find(candidates: "DataFrame", job: Job) -> tuple[Found, pl.DataFrame]:
    """What all hosts say, and how often they met the same address again."""
    parts = unpack(candidates.mapInArrow(job.channels, PACKED).collect())
    nothing = dict(find(_empty(candidates), job))  # brings the columns where no row is kept
    found = gather.together(
        [
            Found(**{name: nothing[name] for name in Found._fields}),
            *(
                Found(*some)
                for some in zip(*(parts.get(n, []) for n in Found._fields), strict=True)
            ),
        ]
    )
    meetings, addresses = (
        pl.concat([nothing[name], *parts.get(name, [])]).lazy()
        for name in ("meetings", "addresses")
    )
    return found, coverage.chances(meetings, addresses).collect()


def _reports(table: Table, seen: Seen, job: Job, size: int) -> pl.DataFrame | None:
    """What hourly aggregates say; None where there are none."""
    from pyspark.sql import functions as F

    if not seen.coverage.share("aggregated"):
        return None
    rows = table.rows.where(F.col("ActionType").endswith(AGGREGATED))
    rows = rows.where("Timestamp IS NOT NULL").repartition(size, _host())
    return pl.concat(unpack(rows.mapInArrow(job.reports, PACKED).collect())["reports"])


def _timeline(candidates: "DataFrame", alerts: pl.DataFrame, job: Job) -> pl.DataFrame:
    """The events of the alerts' channels, by alert and time."""
    hosts = alerts["host"].unique().to_list()
    theirs = collect(candidates.where(_host().isin(hosts))) if hosts else None
    frame = _empty(candidates) if theirs is None else theirs
    rows = events(frame, job.settings).collect()
    return gather.rows_behind(alerts, [rows], job.settings, job.newest)


def _host() -> "Column":
    from pyspark.sql import functions as F

    return F.lower(F.coalesce("DeviceName", F.lit("")))


def _empty(candidates: "DataFrame") -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys(candidates.columns, pl.String())).cast(
        {name: pl.Int64() for name in candidates.columns if isinstance(EVENTS[name], pl.Datetime)}
    )
