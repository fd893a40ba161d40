"""`beacon tune`: thresholds and weights for an alert budget, from verdicts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beacon.cli import options as o
from beacon.cli import output as out
from beacon.errors import InputError
from beacon.files import NOT_TEXT, is_text

if TYPE_CHECKING:
    from beacon.tune import Tuned


def tune(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT...", help="Exports to learn from, one a day.")
    ],
    labels: Annotated[Path, typer.Option(help="The verdict file.")],
    test: Annotated[
        list[str] | None, typer.Option(help="A later export to measure on; may be repeated.")
    ] = None,
    budget: Annotated[int | None, typer.Option(min=1, help="Alerts a day worth reading.")] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The configuration to write.")
    ] = Path("beacon.toml"),
    config: o.Config = None,
    tz: o.Zone = None,
    day_order: o.Order = None,
    quiet: o.Quiet = False,
) -> None:
    """Refit the weights to verdicts.

    Prints what budgets and thresholds would have cost, and writes a configuration for --config.
    """
    from beacon import tune as tuning
    from beacon import verdicts

    settings = o.gather(config, rank__budget=budget, **o.selection(None, None, None, tz, day_order))
    if not is_text(labels.resolve()):
        raise InputError(str(labels), NOT_TEXT)
    said = verdicts.read(labels)
    with out.progress(quiet=quiet) as step:
        days = []
        names = [*inputs, *(test or [])]
        for number, name in enumerate(names):
            step("reading exports", number, len(names))
            days.append(tuning.open_day(name, settings))
        train, held = days[: len(inputs)], days[len(inputs) :]
        found = tuning.tune(train, held, said, settings, settings.rank.budget)
    out.emit("\n".join(_told(found, settings.rank.budget, measured_apart=bool(held))) + "\n", None)
    text = tuning.config(found, settings.rank.budget, str(labels.resolve()))
    out.write_whole(output, text.encode("utf-8"))
    out.tell([f"Written: {output}; use it with `beacon score --config {output}`."], quiet=quiet)


def _told(found: "Tuned", budget: int, *, measured_apart: bool) -> list[str]:
    from beacon.report.words import count

    lines = [
        f"Learned from {count(found.positives, 'channel')} found malicious and "
        f"{found.negatives:,} found harmless.",
        "Measured on days that taught nothing."
        if measured_apart
        else "Measured on the very days it was learned from, which flatters; --test a later one.",
        "",
        "rule            alerts/day  labelled  precision (95 %)    recall (95 %)",
    ]
    for row in found.table.iter_rows(named=True):
        precision = _interval(row["precision"], row["precision_low"], row["precision_high"])
        recall = _interval(row["recall"], row["recall_low"], row["recall_high"])
        lines.append(
            f"{row['rule']:15} {row['alerts_per_day']:10.1f}  {row['labelled']:8}  "
            f"{precision:18}  {recall}"
        )
    lines += ["", *(_moved(*row) for row in found.moved.iter_rows())]
    if found.moved.is_empty():
        lines.append("No weight moved by 0.05 or more.")
    lines.append(f"low_score: {found.low_score:.4f}, where a list of {budget:,} a day ends.")
    for entry, alert in found.conflicts:
        lines.append(f"Allow entry {entry + 1} matches {alert}, which was found malicious.")
    return lines


def _interval(value: float, low: float, high: float) -> str:
    return "-" if value != value else f"{value:.2f} ({low:.2f} to {high:.2f})"


def _moved(term: str, shipped: float, tuned: float) -> str:
    return f"{term}: {shipped:+.2f} becomes {tuned:+.2f}"
