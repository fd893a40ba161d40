"""The short list as a table: who, what, where, how often, since when, why; a line an alert."""

import io
from collections.abc import Callable

import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from beacon.report import words
from beacon.report.inert import visible

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


def table(alerts: pl.DataFrame, width: int | None, *, colour: bool = False) -> str:
    """Draw the alerts; with a width, cells give way to fit it; without, nothing is ever cut.

    Args:
        alerts: rows of `schema.RESULT`.
        width: columns of the terminal; None for a pipe or a file.
        colour: colour the score by severity.
    """
    if alerts.is_empty():
        return "No channel reaches the lowest severity.\n"
    rows = list(alerts.iter_rows(named=True))
    cells = [[visible(write(row)) for write in _COLUMNS.values()] for row in rows]
    if width is None:
        return _plain([list(_COLUMNS), *cells])
    return _drawn(cells, [row["severity"] for row in rows], width, colour=colour)


def _plain(lines: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join(
        "  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() + "\n"
        for line in lines
    )


def _drawn(cells: list[list[str]], severities: list[str], width: int, *, colour: bool) -> str:
    grid = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), width=width, pad_edge=False)
    for name in _COLUMNS:
        whole = name in ("#", "score", "id")
        grid.add_column(name, no_wrap=True, overflow="ellipsis", ratio=None if whole else 1)
    for line, severity in zip(cells, severities, strict=True):
        style = _COLOURS.get(severity, "")
        grid.add_row(*[Text(cell, style=style if i == 1 else "") for i, cell in enumerate(line)])
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
    console.print(grid)
    return stream.getvalue()
