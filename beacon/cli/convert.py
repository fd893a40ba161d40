"""`beacon convert`: any input to canonical Parquet, once."""

from pathlib import Path
from typing import Annotated

import typer

from beacon.cli import options as o
from beacon.cli import output as out


def convert(
    inputs: o.Inputs,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the files.")
    ],
    config: o.Config = None,
    tz: o.Zone = None,
    day_order: o.Order = None,
    quiet: o.Quiet = False,
) -> None:
    """Write any input as canonical Parquet, parsed once.

    A file a part, which every command then reads fast.
    """
    from beacon import conversion, report

    settings = o.gather(config, **o.selection(None, None, None, tz, day_order))
    with out.progress(quiet=quiet) as step:
        done = conversion.convert(inputs, output, settings, step)
    out.tell(report.converted(done), quiet=quiet)
    out.leave(done.problems)
