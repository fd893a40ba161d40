"""`beacon filter`: the KQL rule alone."""

from enum import StrEnum
from typing import Annotated

import typer

from beacon.cli import options as o
from beacon.cli import output as out


class Format(StrEnum):
    """How the rows are written."""

    csv = "csv"
    jsonl = "jsonl"
    parquet = "parquet"


def filter_(
    inputs: o.Inputs,
    output: o.Output = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How to write.")] = Format.csv,
    match: o.Match = None,
    profile: o.Lists = None,
    as_of: o.AsOf = None,
    window: o.Window = None,
    config: o.Config = None,
    tz: o.Zone = None,
    day_order: o.Order = None,
    quiet: o.Quiet = False,
) -> None:
    """Keep the rows that the hunting query keeps, newest first.

    Writes exactly the columns that the query projects, in its order.
    """
    from beacon import pipeline, report, rules

    settings = o.gather(
        config, rule__profile=profile, **o.selection(match, as_of, window, tz, day_order)
    )
    out.refuse_binary_terminal(form is Format.parquet, output)
    with out.progress(quiet=quiet) as step:
        kept = pipeline.keep(inputs, settings, step)
    rows = rules.project(kept.rows.lazy()).collect()
    out.tell(report.summarise(kept), quiet=quiet)
    out.emit(out.on_terminal(report.serialise(rows, form.value), output), output)
    out.leave(kept.summary.problems)
