"""Text with one row a line to columns of text, each with its line number.

Polars reads a clean file at full speed. What it cannot read, or would read wrongly without a
word (too few fields in a row), goes through Python line by line, so that the bad rows can be named.
"""

import csv
import io
from collections.abc import Iterator

import polars as pl

from beacon.read.part import BadRow
from beacon.read.source import Source
from beacon.read.table import LINE, Rows

QUOTE = ord('"')
LONGEST_ROW_LINES = 200
"""Lines that one row may span inside quotes; beyond that the quote is taken for damage."""


def header(source: Source) -> tuple[list[str], str]:
    """Column names and separator, from the first line; no names where it is no header."""
    first = source.text.split("\n", 1)[0].rstrip("\r")
    separator = max(",;\t", key=first.count)
    try:
        return next(csv.reader([first], delimiter=separator), []), separator
    except csv.Error:
        return [], separator


def rows(source: Source, columns: list[str], separator: str) -> Rows:
    """Everything below the header, as text."""
    if _is_regular(source, len(columns), separator):
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
        return Rows(frame)
    # Inside quotes a carriage return belongs to the text.
    lines = [line.decode("utf-8", "replace") for line in source.lines(end=b"\n")]
    bad: list[BadRow] = []
    good = list(_parse(lines, len(columns), separator, bad))
    schema = {LINE: pl.UInt32, **dict.fromkeys(columns, pl.String)}
    replaced = sum("\ufffd" in line for line in lines)
    notes = (f"lines with bytes that are not UTF-8, replaced: {replaced:,}",) if replaced else ()
    return Rows(pl.LazyFrame(good, schema=schema, orient="row"), tuple(bad), notes)


def _is_regular(source: Source, width: int, separator: str) -> bool:
    """Whether every line is UTF-8 and one row of the right width, quoted as RFC 4180 has it."""
    if not source.is_streamed:
        return _is_regular_quoted(source, width, separator)
    row = separator.encode() * (width - 1) + b"\n"
    others = bytes(set(range(256)) - set(row) - {QUOTE})
    try:
        for number, block in enumerate(source.blocks()):
            block = block if number else block[block.find(b"\n") + 1 :]  # below the header
            marks = block.translate(None, others)
            if QUOTE in marks:
                return _is_regular_quoted(source, width, separator)
            if block and not block.endswith(b"\n"):
                marks += b"\n"
            if marks != row * (len(marks) // width):
                return False
            if not block.isascii():
                block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_regular_quoted(source: Source, width: int, separator: str) -> bool:
    """The same where some fields are quoted.

    Two queries over text of which one ends in an error can wait for each other for ever (polars
    2.1, once in some thousand): the text is checked before, and they are asked one by one.
    """
    if source.is_streamed and not _is_utf8(source):
        return False
    line = pl.col("line")
    is_quoted = line.str.contains('"', literal=True)
    unquoted = line.str.replace_all(r'"[^"]*"', "\0")
    other = rf"[^{separator}\x00]"
    is_torn = unquoted.str.contains(rf'{other}\x00|\x00{other}|"')
    lines = pl.scan_lines(source.content).slice(1)
    checks = [
        lines.filter(~is_quoted).select(_is_uneven(line, width, separator).any()),
        lines.filter(is_quoted).select((is_torn | _is_uneven(unquoted, width, separator)).any()),
    ]
    try:
        return not any(check.collect(engine="streaming").item() for check in checks)
    except pl.exceptions.ComputeError as error:
        if "utf" in str(error):
            return False
        raise


def _is_utf8(source: Source) -> bool:
    try:
        for block in source.blocks():
            if not block.isascii():
                block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_uneven(line: pl.Expr, width: int, separator: str) -> pl.Expr:
    return line.str.count_matches(separator, literal=True) != width - 1


def _parse(
    lines: list[str], width: int, separator: str, bad: list[BadRow]
) -> Iterator[list[int | str]]:
    """Rows by Python's parser; after one that does not fit, on with the very next line."""
    at = 1
    while at < len(lines):
        text, end = lines[at], at + 1
        while text.count('"') % 2 and end < min(len(lines), at + LONGEST_ROW_LINES):
            text, end = f"{text}\n{lines[end]}", end + 1
        fault = "a quote is never closed" if text.count('"') % 2 else ""
        try:
            fields = next(csv.reader(io.StringIO(text, "\n"), delimiter=separator), [])
        except csv.Error as error:
            fields, fault = [], str(error)
        if not fault and len(fields) == width:
            yield [at + 1, *fields]
            at = end
            continue
        if lines[at].strip():
            fault = fault or f"{len(fields)} fields, the header has {width}"
            bad.append(BadRow(at + 1, fault, lines[at].rstrip("\r")))
        at += 1
