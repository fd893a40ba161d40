"""What an executor does: the stages of the local engine, on all rows of some hosts."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from beacon.settings import Settings

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

Named = Iterator[tuple[str, "pl.DataFrame"]]


@dataclass(frozen=True)
class Job:
    """What a partition needs to know.

    Attributes:
        settings: of the run.
        columns: canonical columns that the source has.
        newest: the newest Timestamp where a window ends there.
    """

    settings: Settings
    columns: frozenset[str]
    newest: datetime | None

    def channels(self, batches: Iterable["pa.RecordBatch"]) -> Iterator["pa.RecordBatch"]:
        """For `mapInArrow`: candidates of some hosts to packed frames, kinds of `gather.Found`."""
        frame = _whole(batches)
        if frame is not None:
            from beacon.spark.frames import pack

            yield from pack(find(frame, self))

    def reports(self, batches: Iterable["pa.RecordBatch"]) -> Iterator["pa.RecordBatch"]:
        """For `mapInArrow`: hourly aggregates of some hosts to what `hourly.hours` gives."""
        frame = _whole(batches)
        if frame is not None:
            from beacon import hourly
            from beacon.spark.frames import pack
            from beacon.weighing import name_keys

            rows = events(frame, self.settings).select("DeviceName", *hourly.COLUMNS).collect()
            yield from pack([("reports", hourly.hours(name_keys(rows)))])


def _whole(batches: Iterable["pa.RecordBatch"]) -> "pl.DataFrame | None":
    """The partition as one frame; None where it is empty."""
    # Spark runs one task a core; this works only before polars is imported.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    from beacon.spark.frames import as_frame

    return as_frame(batches)


def find(frame: "pl.DataFrame", job: Job) -> Named:
    """Named frames of what candidates of some hosts say."""
    from beacon import channels, coverage, gather, rules, spill

    rule = rules.load(job.settings.rule)
    # A shuffle brings rows in any order; of repeated ones the first is kept.
    first = [name for name in ("Timestamp", "ReportId", "DeviceName") if name in frame.columns]
    rows = events(frame.sort(first), job.settings)
    columns = [
        name
        for name in rows.collect_schema().names()
        if name in job.columns | {"RemoteUrl", "RemoteIP"}
    ]
    texts = [name for name in channels.TEXTS if name in columns]
    yield "meetings", coverage.meetings(rows).collect()
    yield "addresses", coverage.addresses(rows).collect()
    with spill.split(rows.select(columns), "DeviceName", texts, frame.height) as shards:
        for shard in shards:
            selection = rules.select(shard.collect(), rule, job.settings.rule, job.newest)
            yield from gather.find(selection, rule, job.settings)._asdict().items()


def events(frame: "pl.DataFrame", settings: Settings) -> "pl.LazyFrame":
    """Canonical events from rows as `table.open_table` gives them."""
    import polars as pl

    from beacon import read
    from beacon.schema import TIME
    from beacon.spark.table import TIMES

    times = [
        pl.col(name).cast(TIME if name == "Timestamp" else dtype)
        for name, dtype in TIMES.items()
        if name in frame.columns
    ]
    return read.from_frame(frame.with_columns(times), settings.read).events
