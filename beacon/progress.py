"""How far a run has come, for whoever waits for it."""

from collections.abc import Callable
from dataclasses import replace
from threading import Lock

import polars as pl

from beacon.read import Export

Progress = Callable[[str, int, int], None]
"""Called with a stage and its unit, how much is done, and how much there is; 0 where unknown."""


def silent(stage: str, done: int, total: int) -> None:
    """For a run that nobody watches."""


def watched(export: Export, stage: str, total: int, progress: Progress) -> Export:
    """The same export, whose rows are counted as they are read.

    Args:
        export: to be read once as a whole; plans that differ in their filters share that pass.
        stage: what to call the pass.
        total: rows that the export has; 0 where only this pass will tell.
        progress: told after each batch; nothing changes where it is `silent`, or where all parts
            are Parquet, whose reader skips what a filter excludes: to count would cost more than
            to read.
    """
    if progress is silent or all(part.shape == "parquet" for part in export.parts):
        progress(stage, 0, 0)
        return export
    done, lock = 0, Lock()
    progress(stage, 0, total)

    def count(batch: pl.DataFrame) -> pl.DataFrame:
        nonlocal done
        with lock:
            done += batch.height
            progress(stage, done, total)
        return batch

    def counted(rows: pl.LazyFrame) -> pl.LazyFrame:
        # A filter pushed below the count would hide rows from it, and read them once more.
        return rows.map_batches(count, predicate_pushdown=False, streamable=True)

    return replace(export, led=counted)
