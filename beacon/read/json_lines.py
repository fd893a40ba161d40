"""JSON lines of Defender's tables: storage exports (flat) and the streaming API (enveloped).

A streaming record keeps the row under `properties`; its `time` is when the service received it,
minutes to hours later, and is not read (Microsoft Learn, "Streaming API").
"""

from typing import Any

import polars as pl

from beacon.read.columns import locate
from beacon.read.json_text import rows, texts
from beacon.read.part import Part
from beacon.read.shape import Shape
from beacon.read.source import Source
from beacon.read.table import LINE, Table, to_part
from beacon.schema import EVENTS
from beacon.settings import ReadSettings

FLAT, STREAMING = "export json lines", "streaming json lines"
TABLE = "devicenetworkevents"


def is_flat(source: Source) -> bool:
    """Whether records carry at least two of Defender's columns."""
    return len(locate(_keys(source.records))) > 1


def is_streaming(source: Source) -> bool:
    """Whether records are envelopes of the streaming API."""
    return any(isinstance(r.get("properties"), dict) and "category" in r for r in source.records)


def scan_flat(
    source: Source, settings: ReadSettings, shape: str = FLAT, bad: tuple[Any, ...] = ()
) -> Part:
    """Read flat records."""
    keys = _keys(source.records)
    located, guessed = _locate(keys)
    frame, broken = rows(source, texts(located.values()))
    table = Table(frame, located, guessed, tuple(keys), (*bad, *broken))
    return to_part(source.name, shape, table, settings)


def scan_streaming(
    source: Source, settings: ReadSettings, shape: str = STREAMING, bad: tuple[Any, ...] = ()
) -> Part:
    """Read envelopes; rows of other tables are counted and left aside."""
    inner = (r["properties"] for r in source.records if isinstance(r.get("properties"), dict))
    keys = _keys(tuple(inner))
    located, guessed = _locate(keys)
    frame, broken = rows(
        source, {"category": pl.String(), "properties": pl.Struct(texts(located.values()))}
    )
    table = pl.col("category").str.to_lowercase().str.split("-").list.last()
    others = (
        frame.filter(table != TABLE)
        .group_by("category")
        .len()
        .sort("category")
        .collect(engine="streaming")
    )
    listed = ", ".join(f"{category} ({count:,})" for category, count in others.iter_rows())
    notes = (f"left aside, other tables: {listed}",) if listed else ()
    ours = (
        frame.filter(table.fill_null(TABLE) == TABLE)
        .select(LINE, "properties")
        .unnest("properties")
    )
    parts = Table(
        ours, located, guessed, tuple(keys), (*bad, *broken), int(others["len"].sum()), notes=notes
    )
    return to_part(source.name, shape, parts, settings)


def _keys(records: tuple[dict[str, Any], ...]) -> list[str]:
    """All keys of the records, in order of appearance."""
    return list(dict.fromkeys(key for record in records for key in record))


def _locate(keys: list[str]) -> tuple[dict[str, str], frozenset[str]]:
    """Where columns are, with a guess for those that the first records may only have omitted."""
    located = locate(keys)
    guessed = EVENTS.keys() - located.keys()
    return located | {name: name for name in guessed}, frozenset(guessed)


SHAPES = (Shape(STREAMING, is_streaming, scan_streaming), Shape(FLAT, is_flat, scan_flat))
