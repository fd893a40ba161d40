"""Rows too many for memory wait on disk, split so that all rows of a host are together."""

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

SHARD_ROWS = 5_000_000
"""Rows of an export for each shard: at most so many, usually far fewer, are in memory at once."""


@contextmanager
def split(
    rows: pl.LazyFrame, host: str, texts: Collection[str], total: int
) -> Iterator[list[pl.LazyFrame]]:
    """Read rows once, and give them back shard by shard.

    Args:
        rows: to be read.
        host: column whose values stay together, ignoring case.
        texts: columns that come back as Categorical: few distinct values, often asked for.
        total: rows that the export has, before any filter; decides how many shards there are.

    Yields:
        Frames that can be collected until the context ends; one is held in memory, several are
        files of numbers in the temporary folder (TMPDIR), removed at the end.
    """
    kinds = {name: pl.Categorical(pl.Categories.random()) for name in texts}
    number = -(-total // SHARD_ROWS)
    kept = rows.with_columns(pl.col(name).cast(kind) for name, kind in kinds.items())
    if number <= 1:
        yield [kept.collect(engine="streaming").lazy()]
        return
    shard = (pl.col(host).str.to_lowercase().hash(1) % number).cast(pl.UInt16)
    # Codes are a sixth of the texts' size, and the words stay where they are: in `kinds`.
    coded = rows.with_columns(
        *(pl.col(name).cast(kind).to_physical() for name, kind in kinds.items()),
        shard.fill_null(0).alias("beacon:shard"),
    )
    with tempfile.TemporaryDirectory(prefix="beacon-") as folder:
        coded.sink_ipc(
            pl.PartitionBy(folder, key="beacon:shard", include_key=False),
            compression="uncompressed",
            mkdir=True,
            engine="streaming",
        )
        shards = [
            pl.scan_ipc(sorted(part.iterdir())).with_columns(
                pl.col(name).cat.to(kind) for name, kind in kinds.items()
            )
            for part in sorted(Path(folder).iterdir())
        ]
        yield shards or [kept.limit(0)]
