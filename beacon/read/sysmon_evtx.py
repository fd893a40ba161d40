"""Windows event logs as Windows keeps them (`.evtx`), unpacked by the optional library `evtx`.

Each record becomes what EVTX dumpers write, and is read as theirs. A record that cannot be unpacked
is a fault under its place in the file; the rest is read.
"""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl

from beacon.errors import InputError
from beacon.read import sysmon_evtx_json
from beacon.read.part import BadRow, Part, fault_frame
from beacon.read.shape import Shape
from beacon.read.source import Source
from beacon.settings import ReadSettings

NAME = "windows evtx"
_SIGNATURE = b"ElfFile\0"
_MOST_FAULTS = 10_000
"""Damaged records in a row after which the rest of a file is given up."""


def recognise(source: Source) -> bool:
    """Whether it starts with the signature of an event log."""
    return source.head.startswith(_SIGNATURE)


def scan(source: Source, settings: ReadSettings) -> Part:
    """Unpack a log and read its events.

    Raises:
        InputError: the library is missing, or no record can be unpacked.
    """
    bad: list[BadRow] = []
    records = b"\n".join(text.encode() for text in _records(source, bad))
    if not records:
        said = f" ({bad[0].reason})" if bad else ""
        raise InputError(source.name, f"an event log without a readable record{said}")
    part = sysmon_evtx_json.SHAPE.scan(Source(source.name, records), settings)
    return replace(
        part,
        shape=NAME,
        faults=pl.concat([fault_frame(source.name, bad), part.faults]),
        rows=part.rows.select(pl.col("rows") + len(bad)),
    )


def _records(source: Source, bad: list[BadRow]) -> Iterator[str]:
    """The JSON of each record, one line each."""
    try:
        from evtx import PyEvtxParser
    except ImportError:
        raise InputError(
            source.name,
            "a Windows event log needs the library evtx: pip install 'beacon-deaddrop[evtx]'; "
            "or export its events as JSON lines",
        ) from None
    with source.open() as stream:
        content = io.BytesIO(stream.read())
    found: Any = None  # the iterator over records, once the file is understood
    number, in_a_row = 0, 0
    while in_a_row < _MOST_FAULTS:
        number += 1
        try:
            if found is None:
                found = iter(PyEvtxParser(content).records_json())
            text = next(found)["data"]
        except StopIteration:
            return
        except (RuntimeError, OSError, ValueError) as error:
            bad.append(BadRow(number, "damaged record", str(error)))
            if found is None:
                return
            in_a_row += 1
        else:
            in_a_row = 0
            yield text.replace("\n", " ")


SHAPE = Shape(NAME, recognise, scan)
