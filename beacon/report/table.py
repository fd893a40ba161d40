"""The short list as a table: who, what, where, how often, since when, why."""

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping

import polars as pl
from rich.cells import cell_len, set_cell_size
from rich.style import Style

from beacon.inert import visible
from beacon.report import words

_COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}

_COLUMNS: dict[str, Callable[[words.Row], str]] = {
    "#": lambda row: str(row["rank"]),
    "score": words.judged,
    "host": lambda row: row["host"],
    "process": lambda row: row["process"],
    "domain": lambda row: row["domain"],
    "cadence": words.cadence,
    "since": words.since,
    "why": lambda row: words.reasons(row, most=3),
    "id": lambda row: row["alert_id"],
}
_HEAD = {name: name for name in _COLUMNS}
_GAP = "  "
_INDENT = " " * 5
_JOINT = "\u00a0"  # where a line must not end: a reason stays beside its weight
_NARROWEST = 16  # columns that the reasons want beside the id; else they stand below it
_SCORE_WIDTH = len("<0.01 critical")

Cells = Mapping[str, str]


def table(alerts: pl.DataFrame, width: int | None, *, colour: bool = False) -> str:
    """Draw the alerts: a line each where they fit, else who and where, and why below.

    Args:
        alerts: rows of `schema.RESULT`.
        width: columns of the terminal; None for a pipe or a file, where a line may be any length.
        colour: colour the score by severity.
    """
    if alerts.is_empty():
        return "No channel reaches the lowest severity.\n"
    rows = list(alerts.iter_rows(named=True))
    cells = [{name: visible(write(row)) for name, write in _COLUMNS.items()} for row in rows]
    widths = {name: max(cell_len(row[name]) for row in (_HEAD, *cells)) for name in _COLUMNS}
    one_line = sum(widths.values()) + len(_GAP) * (len(widths) - 1)
    if width is None or one_line <= width:
        drawn = [[_line(row, widths)] for row in cells]
        head = f"{_line(_HEAD, widths)}\n"
    else:
        drawn = [list(_block(row, width)) for row in cells]
        head = ""
    if colour:
        for row, written, lines in zip(rows, cells, drawn, strict=True):
            lines[0] = _coloured(lines[0], written["score"], row["severity"])
    return head + "".join(f"{line}\n" for lines in drawn for line in lines)


def _line(cells: Cells, widths: Mapping[str, int]) -> str:
    return _GAP.join(set_cell_size(cells[name], widths[name]) for name in _COLUMNS).rstrip()


def _block(cells: Cells, width: int) -> Iterable[str]:
    """Who and where; below it the id to ask for, how often, since when and why."""
    who = f"{cells['#']:>3}  {cells['score']:{_SCORE_WIDTH}}{_GAP}"
    who += f"{cells['host']}{_GAP}{cells['process']} → {cells['domain']}"
    yield who if cell_len(who) <= width else set_cell_size(who, width - 1) + "…"
    head = f"{_INDENT}{cells['id']}{_GAP}"
    text = f"{cells['cadence']}, since {cells['since']}: {cells['why'] or 'nothing fired'}"
    if width - cell_len(head) < _NARROWEST:
        yield set_cell_size(head, width).rstrip()
        head = _INDENT
    joined = re.sub(r" ([+-]\d)", rf"{_JOINT}\1", text)
    for line in textwrap.wrap(joined, max(width - cell_len(head), 8)):
        yield set_cell_size(head + line.replace(_JOINT, " "), width).rstrip()
        head = " " * cell_len(head)


def _coloured(line: str, score: str, severity: str) -> str:
    style = Style.parse(_COLOURS.get(severity, "none"))
    return line.replace(score, style.render(score), 1)
