"""What the other profile would have said: the rows between the short lists and the long ones."""

from dataclasses import replace

import polars as pl

from beacon.rules import match
from beacon.rules.profile import Rule, load
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
    short, long = (match.tests(rule, "faithful") for rule in (seed, extended))
    added = match.tests(_added(seed, extended), "faithful")
    process, url = long
    # Few rows have a word that only the long lists have: the reader finds them, the rest is theirs.
    found = pl.concat(
        [
            _then(events.filter(added[process] & ~short[process]), *long.values()),
            _then(events.filter(added[url]), short[process], ~short[url], long[url]),
        ]
    )
    return found.select(
        rows=pl.len().cast(pl.Int64),
        hosts=pl.col("DeviceName").str.to_lowercase().n_unique().cast(pl.Int64),
    )


def _added(seed: Rule, extended: Rule) -> Rule:
    return replace(
        extended,
        services={
            name: kind for name, kind in extended.services.items() if name not in seed.services
        },
        processes=tuple(name for name in extended.processes if name not in seed.processes),
    )


def _then(events: pl.LazyFrame, *tests: pl.Expr) -> pl.LazyFrame:
    """Further tests, kept from the reader, which would ask them of every row."""
    rows = events.select("DeviceName", *match.COLUMNS[:2])
    return rows.map_batches(
        lambda some: some.filter(*tests), predicate_pushdown=False, streamable=True
    )
