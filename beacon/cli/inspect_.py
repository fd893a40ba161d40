"""`beacon inspect`: what an export can and cannot show."""

from beacon.cli import options as o
from beacon.cli import output as out


def inspect(
    inputs: o.Inputs,
    config: o.Config = None,
    tz: o.Zone = None,
    day_order: o.Order = None,
) -> None:
    """Say what an export can and cannot show.

    Span, gaps of each device, repeats, caps, truncation, hourly aggregates, missing columns.
    """
    from beacon import pipeline, report

    settings = o.gather(config, **o.selection(None, None, None, tz, day_order))
    with out.progress(quiet=False) as step:
        seen = pipeline.inspect(inputs, settings, step)
    out.emit(report.inspected(seen), None)
    out.leave(seen.problems)
