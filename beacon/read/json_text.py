"""JSON lines to columns, each row with its line number.

Every scalar is read as text, so that columns whose type changes from record to record (a process
id as number here and as text there) need no care; the canonical types come later.
Polars reads a clean file at full speed. A file with one bad line goes through Python, which names
that line and keeps the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from beacon import spill
from beacon.read.part import BadRow
from beacon.read.source import Source, parse, to_json_lines
from beacon.read.table import LINE, Rows

Schema = Mapping[str, pl.DataType]


def texts(names: Iterable[str]) -> dict[str, pl.DataType]:
    """A schema of text fields."""
    return {name: pl.String() for name in names}


def rows(source: Source, schema: Schema) -> Rows:
    """All records under the given schema: text, or structs of it."""
    parsed = pl.scan_ndjson(
        source.content, schema=dict(schema), row_index_name=LINE, row_index_offset=1
    )
    try:
        frame = spill.once(parsed)
        if _is_regular(source, frame, schema):
            return Rows(frame)
    except pl.exceptions.PolarsError:
        pass  # some line is not a JSON object of this schema: find it
    bad: list[BadRow] = []
    good = to_json_lines(_parse(source, schema, bad))
    return Rows(pl.scan_ndjson(good, schema={LINE: pl.UInt32(), **schema}), tuple(bad))


def _is_regular(source: Source, frame: pl.LazyFrame, schema: Schema) -> bool:
    """Whether every line is a record and parses; a blank line would shift the numbers."""
    structs = [name for name, dtype in schema.items() if dtype.is_nested()]
    parsed = frame.select(
        pl.len(), pl.col(structs or next(iter(schema))).null_count().name.prefix("nulls:")
    )
    text = pl.scan_lines(source.content, row_index_name="at").filter(
        pl.col("line").str.contains(r"\S")
    )
    records = parsed.collect(engine="streaming").item(0, "len")
    last = text.select(pl.col("at").max() + 1).collect(engine="streaming").item()
    return bool(records == (last or 0))


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
