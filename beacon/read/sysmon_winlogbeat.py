"""Sysmon as winlogbeat ships it raw: event data nested, under `winlog` since version 7."""

from typing import Any

import polars as pl

from beacon.read.json_text import rows, texts
from beacon.read.part import Part
from beacon.read.shape import Shape
from beacon.read.source import Source
from beacon.read.sysmon import FIELDS, sysmon_part
from beacon.read.table import LINE
from beacon.settings import ReadSettings

NAME = "sysmon winlogbeat"
OUTER_7 = {
    "EventID": "event_id",
    "Channel": "channel",
    "Computer": "computer_name",
    "Record": "record_id",
}
OUTER_6 = OUTER_7 | {"Channel": "log_name", "Record": "record_number"}
DATA = [field for field in FIELDS if field not in OUTER_7]


def recognise(source: Source) -> bool:
    """Whether records are winlogbeat's."""
    return any(_is_6(r) or _is_7(r) or "winlog.event_id" in r for r in source.records)


def scan(source: Source, settings: ReadSettings) -> Part:
    """Read nested (6, 7 and later) or dotted events."""
    outer, prefix = OUTER_7, "winlog."
    if any(map(_is_6, source.records)):
        outer, prefix = OUTER_6, ""
    data = pl.Struct(texts(DATA))
    if any("winlog.event_id" in record for record in source.records):
        dotted = {f: prefix + outer[f] if f in outer else f"{prefix}event_data.{f}" for f in FIELDS}
        frame, bad, _ = rows(source, texts(dotted.values()))
        fields = [pl.col(name).alias(field) for field, name in dotted.items()]
    else:
        inner = texts(outer.values()) | {"event_data": data}
        frame, bad, _ = rows(source, {"winlog": pl.Struct(inner)} if prefix else inner)
        if prefix:
            frame = frame.select(LINE, "winlog").unnest("winlog")
        fields = [pl.col(name).alias(field) for field, name in outer.items()]
        fields += [pl.col("event_data").struct.field(field) for field in DATA]
    return sysmon_part(source.name, NAME, frame.select(LINE, *fields), bad, settings)


def _is_6(record: dict[str, Any]) -> bool:
    return "event_id" in record and isinstance(record.get("event_data"), dict)


def _is_7(record: dict[str, Any]) -> bool:
    outer = record.get("winlog")
    return isinstance(outer, dict) and isinstance(outer.get("event_data"), dict)


SHAPE = Shape(NAME, recognise, scan)
