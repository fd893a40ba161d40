"""Does the telemetry report each set of field values once a day instead of each connection?"""

from collections.abc import Iterable

import polars as pl

CHANCE = 1e-3
"""Telemetry looks capped where chance leaves so few repeats no more often than this."""
REPEATS_SHARE = 0.01
"""Repeats that capped telemetry may show all the same: reports that crossed a restart."""

_RUN = (
    "host", "day", "InitiatingProcessFileName", "InitiatingProcessId",
    "InitiatingProcessCreationTime", "RemoteUrl", "RemotePort",
)  # fmt: skip


def repetition(events: pl.LazyFrame) -> pl.LazyFrame:
    """How often runs of programs met the same address again: `host`, `rows`, `repeats`, `chance`.

    A run that reaches one name n times draws n of the M addresses the export knows for it. Were
    every connection reported, all n would differ with a chance of
    prod(1 - i/M) <= exp(-n(n - 1) / 2M); `chance` is the product over a device's runs. An export
    that keeps one row a field set for another reason (`summarize` in its query) looks the same
    and limits timing alike.
    """
    return chances(meetings(events), addresses(events))


def meetings(events: pl.LazyFrame) -> pl.LazyFrame:
    """What each host's runs of programs say of a name: `rows`, `repeats`, and `pairs` n(n - 1)."""
    number = pl.col("rows").cast(pl.Int64)
    return (
        _seen(events)
        .group_by(_RUN)
        .agg(rows=pl.len(), distinct=pl.col("RemoteIP").n_unique())
        .group_by("host", "RemoteUrl")
        .agg(
            rows=number.sum(),
            repeats=(number - pl.col("distinct")).sum(),
            pairs=(number * (number - 1)).sum(),
        )
    )


def addresses(events: pl.LazyFrame) -> pl.LazyFrame:
    """The addresses of each name: `RemoteUrl`, `RemoteIP`, each pair once."""
    return _seen(events).select("RemoteUrl", "RemoteIP").unique()


def chances(meetings: pl.LazyFrame, addresses: pl.LazyFrame) -> pl.LazyFrame:
    """What `repetition` gives, from what was met where, by whole hosts, and the addresses."""
    pool = addresses.unique().group_by("RemoteUrl").agg(addresses=pl.len())
    return (
        meetings.join(pool, on="RemoteUrl")
        .sort("host", "RemoteUrl")
        .group_by("host", maintain_order=True)
        .agg(
            pl.col("rows", "repeats").sum(),
            chance=(-(pl.col("pairs") / (2 * pl.col("addresses"))).sum()).exp(),
        )
    )


def _seen(events: pl.LazyFrame) -> pl.LazyFrame:
    outcome = pl.col("ActionType").fill_null("").is_in(["ConnectionSuccess", "ConnectionRequest"])
    return (
        events.filter(outcome, pl.col("RemoteUrl").fill_null("") != "")
        .unique(["DeviceName", "Timestamp", "ReportId"])
        .with_columns(
            host=pl.col("DeviceName").str.to_lowercase(), day=pl.col("Timestamp").dt.truncate("1d")
        )
    )


def capped(repeated: pl.DataFrame, hosts: Iterable[str]) -> tuple[str, ...]:
    """The devices that look capped; all of them where the fleet as a whole does.

    Args:
        repeated: what `repetition` gives, of all rows or of those that a rule keeps.
        hosts: the fleet.
    """

    def seems(repeats: pl.Expr, rows: pl.Expr, chance: pl.Expr) -> pl.Expr:
        return (repeats <= REPEATS_SHARE * rows) & (chance < CHANCE)

    repeats, rows, chance = pl.col("repeats"), pl.col("rows"), pl.col("chance")
    if repeated.select(seems(repeats.sum(), rows.sum(), chance.product())).item():
        return tuple(sorted(set(hosts)))
    return tuple(repeated.filter(seems(repeats, rows, chance))["host"])
