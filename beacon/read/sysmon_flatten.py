"""Shippers that keep Windows events nested: each record is laid flat, then read as the flat ones.

A line that is no record stays as it is, so that its fault is told under its own number.
"""

from collections.abc import Callable
from typing import Any

from beacon.read.json_text import rows, texts
from beacon.read.part import Part
from beacon.read.shape import Shape
from beacon.read.source import Source, parse, to_json_lines
from beacon.read.sysmon import FIELDS, sysmon_part
from beacon.read.table import LINE
from beacon.settings import ReadSettings

Record = dict[str, Any]


def shape(
    name: str, is_ours: Callable[[Record], bool], flatten: Callable[[Record], Record]
) -> Shape:
    """A kind of export whose every record `flatten` turns into `sysmon.FIELDS`.

    Args:
        name: of the shape.
        is_ours: whether a record is of this kind.
        flatten: the fields that the record has; other records of the file are given to it too.
    """

    def scan(source: Source, settings: ReadSettings) -> Part:
        flat = b"\n".join(_line(line, flatten) for line in source.lines())
        frame, bad, *_ = rows(Source(source.name, flat), texts(FIELDS))
        return sysmon_part(source.name, name, frame.select(LINE, *FIELDS), bad, settings)

    return Shape(name, lambda source: any(map(is_ours, source.records)), scan)


def inside(record: Any, *path: str) -> Any:
    """The value under nested keys; None where any of them is missing."""
    for key in path:
        record = record.get(key) if isinstance(record, dict) else None
    return record


def _line(line: bytes, flatten: Callable[[Record], Record]) -> bytes:
    record = parse(line)
    if not isinstance(record, dict):
        return line
    fields = {name: value for name, value in flatten(record).items() if value is not None}
    return to_json_lines([{"EventID": None, **fields}])
