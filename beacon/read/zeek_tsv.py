"""Zeek's own text: `#` lines name the separator and the columns, then one row a line.

Zeek, "Log Formats and Inspection": what a log leaves out is `#unset_field`, `-` as a rule.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from beacon.errors import InputError
from beacon.read.part import BadRow
from beacon.read.source import Source
from beacon.read.table import LINE, Rows


class Header(NamedTuple):
    """What the `#` lines at the top say."""

    fields: tuple[str, ...]
    separator: str
    unset: str
    empty: str


def is_tsv(source: Source) -> bool:
    """Whether a file starts as Zeek's text does."""
    return source.opening.startswith(("#separator ", "#fields"))


def header(source: Source) -> Header:
    """The columns and their spelling.

    Raises:
        InputError: there is no usable `#fields` line above the rows.
    """
    said: dict[str, str] = {}
    separator = "\t"
    for line in source.opening.splitlines():
        if not line.startswith("#"):
            break
        if line.startswith("#separator "):
            escaped = line.removeprefix("#separator ").strip(" ")
            separator = re.sub(r"\\x([0-9a-fA-F]{2})", lambda m: chr(int(m[1], 16)), escaped)
            if not separator:
                raise InputError(source.name, r"#separator names none; Zeek writes #separator \x09")
            continue
        name, _, value = line.partition(separator)
        said.setdefault(name, value)
    fields = said.get("#fields", "").split(separator)
    if "ts" not in fields:
        raise InputError(
            source.name,
            "no #fields line with a ts column above the rows, in the separator that #separator "
            "names; put the log's own header (#separator to #types) back on top",
        )
    twice = next((name for i, name in enumerate(fields) if name in fields[:i]), None)
    if twice is not None:
        raise InputError(source.name, f"#fields names {twice!r} twice; remove one")
    return Header(
        tuple(fields), separator, said.get("#unset_field", "-"), said.get("#empty_field", "(empty)")
    )


def rows(source: Source, top: Header, wanted: Sequence[str]) -> Rows:
    """The wanted fields of every row as text; null where unset or not in the log.

    Raises:
        InputError: a later header, as in joined logs, names other columns.
    """
    numbered = _lines(source)
    line = pl.col("line")
    _check_later_headers(source.name, numbered, top)
    cells = line.str.split(top.separator)
    split = numbered.filter(~line.str.starts_with("#"), line.str.contains(r"\S")).select(
        LINE, "line", cells=cells
    )
    fits = pl.col("cells").list.len() == len(top.fields)
    found = split.filter(~fits).select(LINE, pl.col("cells").list.len().alias("width"), "line")
    bad = tuple(
        BadRow(number, f"{width} fields, the header has {len(top.fields)}", text)
        for number, width, text in found.collect(engine="streaming").iter_rows()
    )
    return Rows(split.filter(fits).select(LINE, *(_cell(top, name) for name in wanted)), bad)


def _cell(top: Header, name: str) -> pl.Expr:
    if name not in top.fields:
        return pl.lit(None, pl.String).alias(name)
    cell = pl.col("cells").list.get(top.fields.index(name))
    value = pl.when(cell == top.empty).then(pl.lit("")).when(cell != top.unset).then(cell)
    return value.alias(name)


def _lines(source: Source) -> pl.LazyFrame:
    """Numbered lines; those that are not UTF-8 with their bytes replaced."""
    try:
        frame = pl.scan_lines(source.content, row_index_name=LINE, row_index_offset=1)
        frame.select(pl.col("line").str.len_bytes().sum()).collect(engine="streaming")
    except pl.exceptions.ComputeError as error:
        if "utf" not in str(error):
            raise
        texts = [line.decode("utf-8", "replace") for line in source.lines()]
        frame = pl.LazyFrame({"line": texts}).with_row_index(LINE, 1)
    return frame.with_columns(pl.col("line").str.strip_chars_end("\r"))


def _check_later_headers(name: str, numbered: pl.LazyFrame, top: Header) -> None:
    same = "#fields" + top.separator + top.separator.join(top.fields)
    later = numbered.filter(pl.col("line").str.starts_with("#fields"), pl.col("line") != same)
    found = later.head(1).collect(engine="streaming")
    if found.height:
        raise InputError(
            name,
            f"line {found[LINE].item()}: #fields names other columns than above; "
            "split the file where its logs were joined",
        )
