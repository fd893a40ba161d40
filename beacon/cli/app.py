"""The commands, in the order an analyst meets them."""

import typer

from beacon._version import version
from beacon.cli import (
    convert,
    explain,
    fields,
    filter_,
    history,
    inspect_,
    label,
    rule,
    score,
    simulate,
    tune,
)

app = typer.Typer(
    name="beacon",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Finds malware that polls GitHub, Pastebin or Telegram for orders (ATT&CK T1102.003) "
    "in Microsoft Defender exports, and says why.",
)
app.command("score")(score.score)
app.command("filter")(filter_.filter_)
app.command("inspect")(inspect_.inspect)
app.command("convert")(convert.convert)
app.command("explain")(explain.explain)
app.command("label")(label.label)
app.command("tune")(tune.tune)
app.add_typer(history.app, name="history")
app.command("rule")(rule.rule)
app.command("simulate")(simulate.simulate)
app.command("fields")(fields.fields)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"beacon {version()}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False,
        "--version",
        callback=_version,
        is_eager=True,
        help="Print the version and the commit it was built from, and leave.",
    ),
) -> None:
    """Options before the command."""
