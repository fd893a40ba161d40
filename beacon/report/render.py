"""Every output of `beacon score` by its name: a result in, the bytes to write out."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl

from beacon.report.formats import SERIALISERS, serialise
from beacon.report.markdown import markdown
from beacon.report.navigator import navigator
from beacon.report.ocsf import ocsf
from beacon.report.page import Run, page
from beacon.report.sentinel import sentinel, watchlist
from beacon.report.table import table
from beacon.report.timesketch import timesketch

if TYPE_CHECKING:
    from beacon.pipeline import Result

Render = Callable[["Result", pl.DataFrame, Run], str | bytes]


def render(form: str, result: "Result", rows: pl.DataFrame, run: Run | None = None) -> bytes:
    """Write a result in one of `OUTPUTS`.

    Args:
        form: the name of the output.
        result: the scored export.
        rows: the channels to show, of `result.channels`.
        run: what to say of the run itself, for the page.
    """
    written = OUTPUTS[form](result, rows, run or Run())
    return written.encode("utf-8") if isinstance(written, str) else written


def _frame(form: str) -> Render:
    return lambda _result, rows, _run: serialise(rows, form)


OUTPUTS: dict[str, Render] = {
    "table": lambda _result, rows, _run: table(rows, None),
    **{form: _frame(form) for form in SERIALISERS},
    "html": page,
    "markdown": lambda _result, rows, _run: markdown(rows),
    "timesketch": lambda result, rows, _run: timesketch(rows, result.timeline),
    "ocsf": lambda _result, rows, _run: ocsf(rows),
    "sentinel": lambda _result, rows, _run: sentinel(rows),
    "watchlist": lambda _result, rows, _run: watchlist(rows),
    "navigator": lambda _result, rows, _run: navigator(rows),
}
