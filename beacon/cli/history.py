"""`beacon history`: what the ledger holds, and forgetting some of it."""

from pathlib import Path
from typing import Annotated

import typer

from beacon.errors import SettingsError

app = typer.Typer(no_args_is_help=True, help="Look at a history folder, or forget old days.")

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The history folder.")]


@app.command()
def show(folder: Folder) -> None:
    """List the days and what each holds.

    Hosts heard, channels kept, connections they stand for, kilobytes on disk.
    """
    from beacon.history import Ledger
    from beacon.report.ledger import ledger_table

    ledger = Ledger(folder)
    with ledger.sound():
        typer.echo(ledger_table(ledger), nl=False)


@app.command()
def prune(
    folder: Folder,
    keep_days: Annotated[
        int, typer.Option(min=1, max=36_500, help="Days to keep, up to the newest one.")
    ],
) -> None:
    """Forget all but the newest days."""
    from datetime import timedelta

    from beacon.history import Ledger

    ledger = Ledger(folder)
    days = ledger.days()
    if not days:
        raise SettingsError(f"{folder}: holds no history")
    with ledger.locked():
        gone = ledger.prune(days[-1] - timedelta(days=keep_days - 1))
    typer.echo(f"Forgot {len(gone)} of {len(days)} days.", err=True)
