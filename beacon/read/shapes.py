"""The kinds of export, in the order in which they are tried.

To add one: write a module with a `Shape` and put it here, before any shape that would take it.
Records inside a JSON document need no shape of their own: `json_document` unwraps them first.
"""

from dataclasses import replace

import polars as pl

from beacon.errors import InputError
from beacon.read import (
    asim,
    json_lines,
    parquet,
    portal_csv,
    sysmon_ecs,
    sysmon_evtx,
    sysmon_evtx_json,
    sysmon_nxlog,
    sysmon_wazuh,
    sysmon_winlogbeat,
    sysmon_workspace,
    zeek,
)
from beacon.read.json_document import Unwrapped, unwrap
from beacon.read.part import Part, fault_frame
from beacon.read.shape import Shape
from beacon.read.source import Source
from beacon.read.table import limit_notes
from beacon.settings import ReadSettings

SHAPES: tuple[Shape, ...] = (
    *asim.SHAPES,
    parquet.SHAPE,
    sysmon_evtx.SHAPE,
    sysmon_nxlog.SHAPE,
    sysmon_ecs.SHAPE,
    sysmon_wazuh.SHAPE,
    sysmon_evtx_json.SHAPE,
    *sysmon_workspace.SHAPES,
    sysmon_winlogbeat.SHAPE,
    *zeek.SHAPES,
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
    unwrapped = unwrap(source)
    if unwrapped:
        inner = _shape(unwrapped.source) or json_lines.FLAT
        return _around(inner.scan(unwrapped.source, settings), unwrapped)
    shape = _shape(source)
    if shape:
        return shape.scan(source, settings)
    if b"\0" in source.head or "\ufffd" in source.opening[:SHOWN_CHARACTERS]:
        raise InputError(source.name, "binary data of no known kind; export Parquet, CSV or JSON")
    start = source.opening.split("\n", 1)[0][:SHOWN_CHARACTERS].rstrip()
    raise InputError(
        source.name,
        "neither Parquet nor CSV or JSON with Defender, ASIM, Sysmon or Zeek fields; "
        f"it starts {start!r}",
    )


def _shape(source: Source) -> Shape | None:
    return next((shape for shape in SHAPES if shape.recognise(source)), None)


def _around(part: Part, document: Unwrapped) -> Part:
    """The part with its document's name, and with what was no record."""
    name = document.wrapper.name
    known = part.shape in (json_lines.FLAT.name, json_lines.STREAMING.name)
    return replace(
        part,
        shape=name if known else f"{part.shape} in {name}",
        faults=pl.concat([fault_frame(part.name, document.bad), part.faults]),
        rows=pl.LazyFrame({"rows": [document.rows]}, schema={"rows": pl.Int64}),
        notes=part.notes + (limit_notes(document.rows) if document.wrapper.has_limit else ()),
    )
