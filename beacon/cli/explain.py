"""`beacon explain`: one alert in full."""

from pathlib import Path
from typing import Annotated

import typer

from beacon.cli import output as out

_WIDEST = 100

AlertId = Annotated[
    str, typer.Argument(metavar="ALERT_ID", help="As in the list; its first digits are enough.")
]


def explain(
    alert_id: AlertId,
    result: Annotated[
        Path, typer.Argument(metavar="RESULT", help="What score wrote: parquet or jsonl.")
    ],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write here.")] = None,
) -> None:
    """Show one alert in full, from what `score` wrote.

    What was seen, what it weighs, what is not known, and what to ask next.
    """
    from beacon import report
    from beacon.report.results import find

    row = find(alert_id, result)
    width = min(out.terminal_width() or _WIDEST, _WIDEST) if output is None else _WIDEST
    out.emit(report.explain(row, width), output)
