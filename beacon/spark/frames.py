"""Frames through Spark: packed as Arrow streams, so that every polars type comes back as it was."""

import io
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

PACKED = "kind string, payload binary"
Batches = Iterable["pa.RecordBatch"]


def pack(frames: Iterable[tuple[str, pl.DataFrame]]) -> Iterator["pa.RecordBatch"]:
    """Named frames as rows of `PACKED`, one at a time."""
    import pyarrow as pa

    for kind, frame in frames:
        packed = io.BytesIO()
        frame.write_ipc_stream(packed, compression="zstd")
        yield pa.record_batch(
            [pa.array([kind]), pa.array([packed.getvalue()], pa.binary())], ["kind", "payload"]
        )


def unpack(rows: Iterable[Any]) -> dict[str, list[pl.DataFrame]]:
    """The frames of each kind."""
    found: dict[str, list[pl.DataFrame]] = {}
    for row in rows:
        found.setdefault(row.kind, []).append(pl.read_ipc_stream(row.payload))
    return found


def as_frame(batches: Batches) -> pl.DataFrame | None:
    """A whole partition; None where it is empty."""
    import pyarrow as pa

    held = [batch for batch in batches if batch.num_rows]
    if not held:
        return None
    frame = pl.from_arrow(pa.Table.from_batches(held))
    assert isinstance(frame, pl.DataFrame)
    return frame


def collect(frame: "DataFrame") -> pl.DataFrame | None:
    """A small Spark frame, on the driver; None where it is empty."""
    parts = unpack(frame.mapInArrow(_whole, PACKED).collect()).get("frame")
    return pl.concat(parts) if parts else None


def in_polars(
    frame: "DataFrame", work: Callable[[pl.DataFrame], Iterable[tuple[str, pl.DataFrame]]]
) -> dict[str, list[pl.DataFrame]]:
    """Work on each partition where it lies; the frames that it gives, by kind."""

    def partition(batches: Batches) -> Iterator["pa.RecordBatch"]:
        held = as_frame(batches)
        if held is not None:
            yield from pack(work(held))

    return unpack(frame.mapInArrow(partition, PACKED).collect())


def _whole(batches: Batches) -> Iterator["pa.RecordBatch"]:
    held = as_frame(batches)
    if held is not None:
        yield from pack([("frame", held)])
