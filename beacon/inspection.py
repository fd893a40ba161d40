"""Opens a source, and looks at what it can show before any rule."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import polars as pl

from beacon import coverage, read, spill
from beacon.coverage import Coverage
from beacon.frames import DAMAGE
from beacon.progress import Progress, silent, watched
from beacon.result import Inspection, account
from beacon.settings import Settings

T = TypeVar("T")
Source = str | Path | Sequence[str | Path] | pl.DataFrame | pl.LazyFrame


def open_export(source: Source, settings: Settings) -> read.Export:
    """The source as one export, whether it is named or in hand.

    Raises:
        TypeError: a frame of another library.
    """
    if isinstance(source, pl.DataFrame | pl.LazyFrame):
        return read.from_frame(source, settings.read)
    if hasattr(source, "columns"):  # of pandas, pyarrow or Spark: its names would pass for files
        raise TypeError(
            f"a frame of {type(source).__module__.split('.')[0]}: pass polars.DataFrame(frame), "
            "or a frame of Spark to beacon.spark.score"
        )
    paths = [source] if isinstance(source, str | Path) else source
    return read.read(paths, settings.read)


def sound(source: Source, settings: Settings, work: Callable[[read.Export], T]) -> T:
    """Work on the source; where a part proves damaged, once more on the others.

    Raises:
        InputError: nothing in the source can be used.
    """
    with spill.scratch():
        export = open_export(source, settings)
        try:
            return work(export)
        except (*DAMAGE, FileNotFoundError):  # or a file was taken away
            return work(read.set_damaged_aside(export))


def inspect(source: Source, settings: Settings, progress: Progress = silent) -> Inspection:
    """Look at an export without judging anyone; raises as `sound` does."""
    return sound(source, settings, lambda export: _inspect(export, progress))


def _inspect(export: read.Export, progress: Progress) -> Inspection:
    once = watched(export, "reading rows", 0, progress)
    hours = coverage.scan(once.events, export.columns)
    faults, rows, repeated = pl.collect_all(
        [
            export.faults,
            pl.concat([part.rows for part in export.parts]),
            coverage.repetition(export.events),
        ]
    )
    progress("examining rows", 0, 0)
    return Inspection(
        parts=export.parts,
        part_rows=tuple(rows["rows"]),
        problems=export.problems,
        faults=account({}, faults),
        coverage=Coverage(hours, coverage.missing(export.columns)),
        capped=coverage.capped(repeated, hours["host"]),
        rows=coverage.examine(export.events),
    )
