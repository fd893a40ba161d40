"""JSON lines to columns, each row with its line number.

Every scalar is read as text, so that columns whose type changes from record to record (a process
id as number here and as text there) need no care; the canonical types come later.
Polars reads a clean file at full speed. A file with one bad line goes through Python, which names
that line and keeps the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from beacon import spill
from beacon.read import enveloped
from beacon.read.part import BadRow
from beacon.read.plain import with_plain
from beacon.read.source import Source, parse, to_json_lines
from beacon.read.table import LINE, Rows

Schema = Mapping[str, pl.DataType]


def texts(names: Iterable[str]) -> dict[str, pl.DataType]:
    """A schema of text fields."""
    return {name: pl.String() for name in names}


def rows(
    source: Source,
    schema: Schema,
    opened: str | None = None,
    located: Mapping[str, str] | None = None,
) -> Rows:
    """All records under the given schema: text, or structs of it.

    Args:
        source: JSON lines.
        schema: of a record.
        opened: the struct whose fields take its place.
        located: canonical name -> field, of which what is plain is stored as well.
    """

    def parsed(content: Path | bytes, **more: Any) -> pl.LazyFrame:
        frame = pl.scan_ndjson(content, **more)
        return frame.unnest(opened) if opened else frame

    lines = {"row_index_name": LINE, "row_index_offset": 1}
    frame = parsed(source.content, schema=dict(schema), **lines)
    wanted = with_plain(frame, located) if located else frame
    try:
        stored = spill.once(wanted)
        is_stored = stored is not wanted
        rows = stored if is_stored else frame
        if _is_regular(source, rows, is_stored):
            return Rows(rows, is_stored=is_stored)
    except pl.exceptions.PolarsError:
        pass  # some line is not a JSON object of this schema: find it
    bad: list[BadRow] = []
    good = to_json_lines(_parse(source, schema, bad))
    return Rows(parsed(good, schema={LINE: pl.UInt32(), **schema}), tuple(bad))


def _is_regular(source: Source, frame: pl.LazyFrame, is_stored: bool) -> bool:
    """Whether every line is a record and parses; a blank line would shift the numbers."""
    # What is not stored is parsed in full only where every column is asked for.
    every = [] if is_stored else [pl.all().null_count().name.prefix("nulls:")]
    records = frame.select(pl.len(), *every).collect(engine="streaming").item(0, "len")
    if source.is_streamed and records == sum(map(_ends, source.blocks())):
        return True
    text = pl.scan_lines(source.content, row_index_name="at").filter(
        pl.col("line").str.contains(r"\S")
    )
    last = text.select(pl.col("at").max() + 1).collect(engine="streaming").item()
    return bool(records == (last or 0))


def _ends(block: bytes) -> int:
    """How many lines end in it, the last of a file without a line end too."""
    return enveloped.newlines(block) + (not block.endswith(b"\n"))


def _parse(source: Source, schema: Schema, bad: list[BadRow]) -> Iterator[dict[str, Any]]:
    objects = [name for name, dtype in schema.items() if dtype.is_nested()]
    for number, line in enumerate(source.lines(), start=1):
        if not line.strip():
            continue
        record = parse(line)
        if not isinstance(record, dict):
            reason = "not valid JSON" if record is None else "not a JSON object"
        elif wrong := [n for n in objects if not isinstance(record.get(n), dict | None)]:
            reason = f"{wrong[0]!r} is not a JSON object"
        else:
            yield {LINE: number, **record}
            continue
        bad.append(BadRow(number, reason, line.decode("utf-8", "replace")))
