"""`beacon score`: the main job."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

import typer

from beacon.cli import options as o
from beacon.cli import output as out
from beacon.cli.provenance import describe
from beacon.errors import SettingsError


class Format(StrEnum):
    """How the result is written."""

    table = "table"
    csv = "csv"
    jsonl = "jsonl"
    parquet = "parquet"
    html = "html"
    markdown = "markdown"
    timesketch = "timesketch"
    ocsf = "ocsf"
    sentinel = "sentinel"
    watchlist = "watchlist"
    navigator = "navigator"


class Severity(StrEnum):
    """How bad an alert must be to fail a run, worst first."""

    critical = "critical"
    high = "high"
    medium = "medium"
    low = "low"

    def reached(self, severities: Iterable[str]) -> bool:
        """Whether any is this one or worse."""
        return bool(set(severities) & set(list(Severity)[: list(Severity).index(self) + 1]))


class Engine(StrEnum):
    """What does the work."""

    local = "local"
    spark = "spark"


def score(
    inputs: o.Inputs,
    output: o.Output = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How to write.")] = Format.table,
    everything: Annotated[
        bool, typer.Option("--all", help="Every channel, not only alerts.")
    ] = False,
    budget: Annotated[int | None, typer.Option(help="Alerts shown at most; default: 20.")] = None,
    match: o.Match = None,
    profile: o.Lists = None,
    as_of: o.AsOf = None,
    window: o.Window = None,
    history: o.History = None,
    fail_on: Annotated[
        Severity | None, typer.Option(help="Exit 3 when an alert is this severe or more.")
    ] = None,
    config: o.Config = None,
    threads: o.Threads = None,
    tz: o.Zone = None,
    day_order: o.Order = None,
    engine: Annotated[
        Engine, typer.Option(help="local, or spark: INPUT is a table or Parquet files.")
    ] = Engine.local,
    master: Annotated[
        str | None, typer.Option(metavar="URL", help="For spark: local[2], spark://host:7077, ...")
    ] = None,
    quiet: o.Quiet = False,
) -> None:
    """Rank what polls like an implant, and say why.

    Reads an export, filters it by the hunting query, groups connections by host, process and
    domain, times and weighs each group, and shows the worst: at most --budget of them.
    """
    if master is not None and engine is not Engine.spark:
        raise SettingsError("--master: is for --engine spark")
    o.limit_threads(threads)
    from beacon import pipeline, report

    settings = o.gather(
        config,
        rank__budget=budget,
        rule__profile=profile,
        history__folder=history,
        **o.selection(match, as_of, window, tz, day_order),
    )
    out.refuse_binary_terminal(form is Format.parquet, output)
    with out.progress(quiet=quiet) as step:
        if engine is Engine.spark:
            from beacon import spark

            result = spark.score(inputs, settings, step, master=master)
        else:
            result = pipeline.score(inputs, settings, step)
        rows = result.channels if everything else result.alerts
        step(f"writing {form.value}", 0, 0)
        if form is Format.table:
            width = out.terminal_width() if output is None else None
            coloured = output is None and out.wants_colour()
            data: str | bytes = report.table(rows, width, colour=coloured)
        else:
            names = (part.name for part in result.summary.parts)
            run = describe(names) if form is Format.html else None
            data = out.on_terminal(report.render(form.value, result, rows, run), output)
        if output:
            out.emit(data, output, step)
    out.tell(report.summarise(result), quiet=quiet)
    if output is None:
        out.emit(data, None)
    out.tell(report.shown(rows, result.channels.height, form is Format.table), quiet=quiet)
    out.leave(result.summary.problems)
    if fail_on and fail_on.reached(result.alerts["severity"]):
        raise typer.Exit(3)
