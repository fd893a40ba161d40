"""The short list as a table: who, what, where, how often, since when, why; a line an alert."""

import io
from collections.abc import Callable

import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from beacon.inert import visible
from beacon.report import words

_COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}

_COLUMNS: dict[str, Callable[[words.Row], str]] = {
    "#": lambda row: str(row["rank"]),
    "score": words.score,
    "host": lambda row: row["host"],
    "process": lambda row: row["process"],
    "domain": lambda row: row["domain"],
    "cadence": words.cadence,
    "since": words.since,
    "why": lambda row: words.reasons(row, most=3),
    "id": lambda row: row["alert_id"],
}


_SHARES = {"host": 6, "process": 4, "domain": 6, "cadence": 6, "why": 9}  # others are never cut
_ONE_LINE = 132  # columns from which an alert fits on one line


def table(alerts: pl.DataFrame, width: int | None, *, colour: bool = False) -> str:
    """Draw the alerts; with a width, text gives way to fit it; without, nothing is ever cut.

    Args:
        alerts: rows of `schema.RESULT`.
        width: columns of the terminal; None for a pipe or a file. Below 132 an alert takes two
            lines, above it one.
        colour: colour the score by severity.
    """
    if alerts.is_empty():
        return "No channel reaches the lowest severity.\n"
    rows = list(alerts.iter_rows(named=True))
    if width is None:
        cells = [[visible(write(row)) for write in _COLUMNS.values()] for row in rows]
        return _plain([list(_COLUMNS), *cells])
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        markup=False,
        highlight=False,
        emoji=False,
    )
    if width >= _ONE_LINE:
        console.print(_grid(rows, width))
    for row in rows if width < _ONE_LINE else ():
        for line in _two_lines(row):
            line.truncate(width, overflow="ellipsis")
            console.print(line, no_wrap=True)
    return stream.getvalue()


def _plain(lines: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join(
        "  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() + "\n"
        for line in lines
    )


def _grid(rows: list[words.Row], width: int) -> Table:
    grid = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), width=width, pad_edge=False)
    for name in _COLUMNS:
        grid.add_column(name, no_wrap=True, overflow="ellipsis", ratio=_SHARES.get(name))
    for row in rows:
        styles = [_style(row) if name == "score" else "" for name in _COLUMNS]
        texts = [visible(write(row)) for write in _COLUMNS.values()]
        grid.add_row(*[Text(text, style) for text, style in zip(texts, styles, strict=True)])
    return grid


def _two_lines(row: words.Row) -> tuple[Text, Text]:
    """Who and where; below it the name, how often, since when and why."""
    cell = {name: visible(write(row)) for name, write in _COLUMNS.items()}
    who = Text.assemble(
        f"{cell['#']:>3}  ",
        (f"{cell['score']:<5}", _style(row)),
        f"  {cell['host']}  {cell['process']} → {cell['domain']}",
    )
    why = f"     {cell['id']}  {cell['cadence']}, since {cell['since']}: {cell['why']}"
    return who, Text(why, "dim")


def _style(row: words.Row) -> str:
    return _COLOURS.get(row["severity"], "")
