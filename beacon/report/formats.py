"""A frame as bytes: CSV that is inert in a spreadsheet, JSON lines, Parquet."""

import io
from collections.abc import Callable

import polars as pl
import polars.selectors as cs

from beacon.inert import cells


def serialise(frame: pl.DataFrame, form: str) -> bytes:
    """Write a frame whole, in one of `SERIALISERS`; times as ISO 8601 with Defender's 7 digits."""
    stream = io.BytesIO()
    SERIALISERS[form](frame, stream)
    return stream.getvalue()


def _csv(frame: pl.DataFrame, stream: io.BytesIO) -> None:
    """The scalar columns, inert in a spreadsheet."""
    cells(_with_iso_times(frame.select(~(cs.list() | cs.struct())))).write_csv(stream)


def _jsonl(frame: pl.DataFrame, stream: io.BytesIO) -> None:
    """Every column, every value as it is."""
    _with_iso_times(frame).write_ndjson(stream)


def _parquet(frame: pl.DataFrame, stream: io.BytesIO) -> None:
    """Every column with its type."""
    frame.write_parquet(stream, compression="zstd")


SERIALISERS: dict[str, Callable[[pl.DataFrame, io.BytesIO], None]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "parquet": _parquet,
}


def _with_iso_times(frame: pl.DataFrame) -> pl.DataFrame:
    iso = cs.datetime().dt.to_string("%Y-%m-%dT%H:%M:%S%.9f").str.slice(0, 27) + "Z"
    return frame.with_columns(iso)
