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
OUTSIDE = {"SystemTime": "@timestamp", "ExecutionProcessID": "winlog.process.pid"}
OUTER_6 = OUTER_7 | {"Channel": "log_name", "Record": "record_number"}
DATA = [field for field in FIELDS if field not in OUTER_7 | OUTSIDE]


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
        places = {name: prefix + place for name, place in outer.items()} | OUTSIDE
        dotted = {f: places.get(f, f"{prefix}event_data.{f}") for f in FIELDS}
        frame, bad, *_ = rows(source, texts(dotted.values()))
        fields = [pl.col(name).alias(field) for field, name in dotted.items()]
    else:
        time, number = texts(["@timestamp"]), "process_id"
        inner: dict[str, pl.DataType] = texts(outer.values()) | {"event_data": data}
        if prefix:
            inner["process"] = pl.Struct(texts(["pid"]))
            frame, bad, *_ = rows(source, {"winlog": pl.Struct(inner), **time})
            frame = frame.select(LINE, "winlog", "@timestamp").unnest("winlog")
            frame = frame.with_columns(pl.col("process").struct.field("pid").alias(number))
        else:
            frame, bad, *_ = rows(source, {**inner, **texts([number]), **time})
        fields = [pl.col(name).alias(field) for field, name in outer.items()]
        fields += [pl.col("@timestamp").alias("SystemTime")]
        fields += [pl.col(number).alias("ExecutionProcessID")]
        fields += [pl.col("event_data").struct.field(field) for field in DATA]
    return sysmon_part(source.name, NAME, frame.select(LINE, *fields), bad, settings)


def _is_6(record: dict[str, Any]) -> bool:
    return "event_id" in record and isinstance(record.get("event_data"), dict)


def _is_7(record: dict[str, Any]) -> bool:
    outer = record.get("winlog")
    return isinstance(outer, dict) and isinstance(outer.get("event_data"), dict)


SHAPE = Shape(NAME, recognise, scan)
