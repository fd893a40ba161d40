"""Rows too many for memory wait on disk: text once parsed, and kept rows split by host."""

import functools
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from uuid import uuid4

import numpy as np
import polars as pl
from numpy.typing import NDArray

from beacon.lookup import Made, Once

SHARD_ROWS = 5_000_000
"""Rows of an export for each file: far fewer are kept, as a rule."""
TOGETHER_ROWS = 1_000_000
"""Kept rows up to which files are read together: each step over a shard costs the same again."""

_SHARD = "beacon:shard"
_PARSED_ROWS = 65_536  # of a row group: wide text stays a small part of memory
_SCRATCH: ContextVar[Path | None] = ContextVar("scratch", default=None)


@contextmanager
def scratch() -> Iterator[None]:
    """Where `once` may use the temporary folder (TMPDIR); what it wrote is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="beacon-") as folder:
        before = _SCRATCH.set(Path(folder))
        try:
            yield
        finally:
            _SCRATCH.reset(before)


def is_open() -> bool:
    """Whether this is inside of `scratch`."""
    return _SCRATCH.get() is not None


def once(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The same rows, parsed now and read from Parquet by every later pass.

    Outside of `scratch` they stay as they are, to be parsed anew by each.
    """
    return together([rows]) if is_open() else rows


def together(parts: Iterable[pl.LazyFrame]) -> pl.LazyFrame:
    """The rows of all parts, each parsed in its turn and then read as by `once`.

    Where a part cannot be, those before it are gone from the disk; at least one is needed.
    """
    folder = _SCRATCH.get()
    if folder is None:
        raise RuntimeError("no scratch folder")
    paths: list[Path] = []
    try:
        for rows in parts:
            paths.append(folder / f"{uuid4().hex}.parquet")
            rows.sink_parquet(
                paths[-1], compression="lz4", statistics=False, row_group_size=_PARSED_ROWS
            )
    except BaseException:
        for path in paths:
            path.unlink(missing_ok=True)
        raise
    return pl.scan_parquet(paths, glob=False)


@contextmanager
def split(
    rows: pl.LazyFrame, host: str, texts: Collection[str], total: int
) -> Iterator[list[pl.LazyFrame]]:
    """Read rows once, and give them back shard by shard.

    Args:
        rows: to be read.
        host: one of the texts, whose values stay together, ignoring case.
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
    # Codes are a sixth of the texts' size, and the words stay in memory, once each,
    # as long as some column is of their kind.
    words = pl.DataFrame(schema=kinds)
    makers = {name: Once(functools.partial(_codes, words[name])) for name in texts}
    makers[host] = Once(lambda names: (*_codes(words[host], names), _shards(names, number)))
    coded = rows.map_batches(
        lambda some: _coded(some, makers, host),
        predicate_pushdown=False,
        projection_pushdown=False,
        streamable=True,
        schema=rows.collect_schema() | dict.fromkeys(texts, pl.UInt32()) | {_SHARD: pl.UInt16()},
    )
    with tempfile.TemporaryDirectory(prefix="beacon-") as folder:
        coded.sink_ipc(
            pl.PartitionBy(folder, key=_SHARD, include_key=False),
            compression="uncompressed",
            mkdir=True,
            engine="streaming",
        )
        files = [pl.scan_ipc(sorted(part.iterdir())) for part in sorted(Path(folder).iterdir())]
        yield [
            pl.concat(some).with_columns(pl.col(name).cat.to(kind) for name, kind in kinds.items())
            for some in _together(files)
        ] or [kept.limit(0)]


def _codes(words: pl.Series, texts: pl.Series) -> Made:
    return (texts.cast(words.dtype).to_physical().fill_null(0).to_numpy(),)


def _shards(hosts: pl.Series, number: int) -> NDArray[np.uint16]:
    """In which of so many shards each host belongs, whatever its case."""
    shard = hosts.str.to_lowercase().hash(1) % number
    return shard.fill_null(0).cast(pl.UInt16).to_numpy()


def _coded(rows: pl.DataFrame, makers: Mapping[str, Once], host: str) -> pl.DataFrame:
    """Codes for texts, null where they are, and the shard of each row."""
    codes, shard = makers[host](rows[host])
    columns = [_numbers(rows[host], codes), pl.Series(_SHARD, shard)]
    for name in makers.keys() - {host}:
        if rows[name].null_count() == rows.height:  # as in a column that the source lacks
            columns.append(pl.Series(name, [None], pl.UInt32).new_from_index(0, rows.height))
        else:
            columns.append(_numbers(rows[name], *makers[name](rows[name])))
    return rows.with_columns(columns)


def _numbers(texts: pl.Series, codes: NDArray[np.unsignedinteger]) -> pl.Series:
    found = pl.Series(texts.name, codes)
    return found.set(texts.is_null(), None) if texts.has_nulls() else found


def _together(files: list[pl.LazyFrame]) -> Iterator[list[pl.LazyFrame]]:
    """Files in turn, as many at once as have few rows."""
    some: list[pl.LazyFrame] = []
    rows = 0
    for file in files:
        size = file.select(pl.len()).collect().item()
        if some and rows + size > TOGETHER_ROWS:
            yield some
            some, rows = [], 0
        some, rows = [*some, file], rows + size
    if some:
        yield some
