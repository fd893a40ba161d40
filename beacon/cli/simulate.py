"""`beacon simulate`: a labelled synthetic export."""

from pathlib import Path
from typing import Annotated

import typer


def simulate(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files go.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 0,
    hosts: Annotated[int, typer.Option(min=1, help="Devices.")] = 300,
    days: Annotated[int, typer.Option(min=1, help="Days in a row, all in one file.")] = 1,
) -> None:
    """Write a labelled synthetic export.

    A company's day: pollers, developers, build agents, updaters, bots, and the truth about each.
    """
    from beacon import simulate as generator

    for path in generator.write(directory, seed=seed, hosts=hosts, days=days):
        typer.echo(path)
