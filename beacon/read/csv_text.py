"""Text with one row a line to columns of text, each with its line number.

Polars reads a clean file at full speed. What it cannot read, or would read wrongly without a
word (too few fields in a row), goes through Python line by line, so that the bad rows can be named.
"""

import csv
from collections.abc import Iterator

import polars as pl

from beacon.read.part import BadRow
from beacon.read.source import Source
from beacon.read.table import LINE

LONGEST_ROW_LINES = 200
"""Lines that one row may span inside quotes; beyond that the quote is taken for damage."""


def header(source: Source) -> tuple[list[str], str]:
    """Column names and separator, from the first row."""
    first = (source.opening.splitlines() or [""])[0]
    separator = max(",;\t", key=first.count)
    return next(csv.reader([first], delimiter=separator), []), separator


def rows(source: Source, columns: list[str], separator: str) -> tuple[pl.LazyFrame, list[BadRow]]:
    """All rows under the given columns, and the rows that do not fit them."""
    frame = pl.scan_csv(
        source.content,
        separator=separator,
        has_header=False,
        skip_lines=1,
        schema=dict.fromkeys(columns, pl.String),
        empty_string_is_null=False,
        row_index_name=LINE,
        row_index_offset=2,
    )
    try:
        if _is_regular(source, len(columns), separator):
            return frame, []
    except pl.exceptions.ComputeError as error:
        if "utf" not in str(error):
            raise
    bad: list[BadRow] = []
    good = list(_parse(source, len(columns), separator, bad))
    schema = {LINE: pl.UInt32, **dict.fromkeys(columns, pl.String)}
    return pl.LazyFrame(good, schema=schema, orient="row"), bad


def _is_regular(source: Source, width: int, separator: str) -> bool:
    """Whether every line is one row of the right width, quoted as RFC 4180 has it."""
    quoted = pl.col("line").str.replace_all(r'"[^"]*"', "\0")
    mark = rf'[^{separator}\x00]\x00|\x00[^{separator}\x00]|"'
    wrong = (quoted.str.count_matches(separator, literal=True) != width - 1) | quoted.str.contains(
        mark
    )
    lines = pl.scan_lines(source.content).slice(1)
    return not lines.select(wrong.any()).collect(engine="streaming").item()


def _parse(source: Source, width: int, separator: str, bad: list[BadRow]) -> Iterator[list[object]]:
    lines = [line.decode("utf-8", "replace") for line in source.lines()]
    at = 1
    while at < len(lines):
        text, end = lines[at], at + 1
        while text.count('"') % 2 and end < min(len(lines), at + LONGEST_ROW_LINES):
            text, end = f"{text}\n{lines[end]}", end + 1
        fields = next(csv.reader(text.splitlines(keepends=True), delimiter=separator), [])
        if len(fields) == width and text.count('"') % 2 == 0:
            yield [at + 1, *fields]
            at = end
            continue
        if lines[at].strip():
            unclosed = text.count('"') % 2
            reason = (
                "a quote is never closed"
                if unclosed
                else f"{len(fields)} fields, the header has {width}"
            )
            bad.append(BadRow(at + 1, reason, lines[at]))
        at += 1
