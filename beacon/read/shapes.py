"""The kinds of export, in the order in which they are tried.

To add one: write a module with a `Shape` and put it here, before any shape that would take it.
"""

from beacon.errors import InputError
from beacon.read import (
    json_document,
    json_lines,
    parquet,
    portal_csv,
    sysmon_nxlog,
    sysmon_winlogbeat,
)
from beacon.read.part import Part
from beacon.read.shape import Shape
from beacon.read.source import Source
from beacon.settings import ReadSettings

SHAPES: tuple[Shape, ...] = (
    parquet.SHAPE,
    *json_document.SHAPES,
    sysmon_nxlog.SHAPE,
    sysmon_winlogbeat.SHAPE,
    *json_lines.SHAPES,
    *portal_csv.SHAPES,
)

SHOWN_CHARACTERS = 80


def scan(source: Source, settings: ReadSettings) -> Part:
    """Read a source as the first shape that recognises it.

    Raises:
        InputError: none does, or the one that does cannot use it.
    """
    if not source.head:
        raise InputError(source.name, "the file is empty")
    for shape in SHAPES:
        if shape.recognise(source):
            return shape.scan(source, settings)
    if b"\0" in source.head or "\ufffd" in source.opening[:SHOWN_CHARACTERS]:
        raise InputError(source.name, "binary data of no known kind; export Parquet, CSV or JSON")
    start = source.opening.split("\n", 1)[0][:SHOWN_CHARACTERS].rstrip()
    raise InputError(
        source.name,
        f"neither Parquet nor CSV or JSON with Defender or Sysmon fields; it starts {start!r}",
    )
