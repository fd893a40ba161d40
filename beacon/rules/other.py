"""What the other profile would have said: the rows between the short lists and the long ones."""

import polars as pl

from beacon.rules import match
from beacon.rules.profile import load
from beacon.settings import RuleSettings


def between(events: pl.LazyFrame, settings: RuleSettings) -> pl.LazyFrame:
    """One row: `rows` and `hosts` that the extended profile keeps and the seed profile does not.

    Counted by the faithful rule before window and duplicates, with the settings' additions in both.

    Args:
        events: canonical events.
        settings: of whatever profile; with `match = "any"` no profile would add anything.
    """
    if settings.match == "any":
        return pl.LazyFrame({"rows": [0], "hosts": [0]})
    seed, extended = (
        load(settings.model_copy(update={"profile": profile})) for profile in ("seed", "extended")
    )
    return events.filter(match.keep(extended, "faithful") & ~match.keep(seed, "faithful")).select(
        rows=pl.len().cast(pl.Int64),
        hosts=pl.col("DeviceName").str.to_lowercase().n_unique().cast(pl.Int64),
    )
