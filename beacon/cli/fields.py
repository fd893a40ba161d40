"""`beacon fields`: what every output column means."""

import typer


def fields() -> None:
    """Print the meaning and unit of every output column."""
    from beacon.schema import RESULT

    width = max(len(field.name) for field in RESULT)
    for field in RESULT:
        unit = f" [{field.unit}]" if field.unit else ""
        typer.echo(f"{field.name:{width}}  {field.meaning}{unit}")
