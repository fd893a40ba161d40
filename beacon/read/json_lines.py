"""JSON lines of Defender's tables: storage exports (flat) and the streaming API (enveloped).

A streaming record keeps the row under `properties`; its `time` is when the service received it,
minutes to hours later, and is not read (Microsoft Learn, "Streaming API").
"""

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from beacon import spill
from beacon.read import beside, enveloped
from beacon.read.columns import locate
from beacon.read.json_text import Schema, rows, texts
from beacon.read.part import Part
from beacon.read.plain import with_plain
from beacon.read.shape import Shape
from beacon.read.source import Source
from beacon.read.table import LINE, Rows, Table, to_part
from beacon.schema import EVENTS
from beacon.settings import ReadSettings

TABLE = "devicenetworkevents"
BESIDE = ("deviceprocessevents", "deviceevents")


def is_flat(source: Source) -> bool:
    """Whether records carry at least two of Defender's columns."""
    return len(locate(_keys(source.records))) > 1


def is_streaming(source: Source) -> bool:
    """Whether records are envelopes of the streaming API."""
    return any("category" in record for record in source.records if _inner([record]))


def scan_flat(source: Source, settings: ReadSettings) -> Part:
    """Read flat records."""
    keys = _keys(source.records)
    located, guessed = _locate(keys)
    columns = dict.fromkeys([*located.values(), *beside.located(keys).values()])
    frame, bad, _, is_stored = rows(source, texts(columns), located=located)
    table = Table(frame, located, guessed, tuple(keys), bad, is_stored=is_stored)
    return to_part(source.name, FLAT.name, table, settings)


def scan_streaming(source: Source, settings: ReadSettings) -> Part:
    """Read envelopes; rows of other tables are counted and left aside."""
    keys = _keys(_inner(source.records))
    located, guessed = _locate(keys)
    columns = dict.fromkeys([*located.values(), *beside.located(keys).values()])
    frame, bad, _, is_stored = _opened(source, texts(columns), located)
    table = pl.col("category").str.to_lowercase().str.split("-").list.last().fill_null(TABLE)
    action = pl.col(located["ActionType"])
    is_read = (table == TABLE) | (table.is_in(BESIDE) & beside.is_beside(action))
    others = frame.filter(~is_read).group_by("category").len().sort("category")
    counts = others.collect(engine="streaming")
    listed = ", ".join(f"{category} ({count:,})" for category, count in counts.iter_rows())
    part = Table(
        (frame.filter(is_read) if listed else frame).drop("category"),
        located,
        guessed,
        tuple(keys),
        bad,
        set_aside=int(counts["len"].sum()),
        notes=(f"left aside, other tables: {listed}",) if listed else (),
        is_stored=is_stored,
    )
    return to_part(source.name, STREAMING.name, part, settings)


def _opened(source: Source, fields: Schema, located: Mapping[str, str]) -> Rows:
    """The rows inside envelopes with their category; by their bytes where all are plain."""
    if spill.is_open() and source.is_streamed:
        with contextlib.suppress(enveloped.NoEnvelopeError, pl.exceptions.PolarsError):
            some = enveloped.frames(source, fields, LINE)
            stored = spill.together(with_plain(frame.lazy(), located) for frame in some)
            return Rows(stored, is_stored=True)
    envelope = {"category": pl.String(), enveloped.ROW: pl.Struct(fields)}
    return rows(source, envelope, enveloped.ROW, located)


def _inner(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows inside envelopes."""
    rows = (record.get("properties") for record in records)
    return [row for row in rows if isinstance(row, dict)]


def _keys(records: Iterable[dict[str, Any]]) -> list[str]:
    """All keys of the records, in order of appearance."""
    return list(dict.fromkeys(key for record in records for key in record))


def _locate(keys: list[str]) -> tuple[dict[str, str], frozenset[str]]:
    """Where columns are, with a guess for those that the first records may only have omitted."""
    located = locate(keys)
    guessed = EVENTS.keys() - located.keys()
    return located | {name: name for name in guessed}, frozenset(guessed)


STREAMING = Shape("streaming json lines", is_streaming, scan_streaming)
FLAT = Shape("export json lines", is_flat, scan_flat)
SHAPES = (STREAMING, FLAT)
