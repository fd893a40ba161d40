"""What the days before say: new here, established, known in the fleet, too slow for one day.

Observable with a history only, and only where it has heard the host for some days. The weights
are learned apart from the others, over months of several companies (`history_weights.json`).
"""

import polars as pl

from beacon.evidence.term import Term, ramp, yes

COLUMNS: dict[str, pl.DataType] = {
    "days_seen": pl.Int64(),
    "days_known": pl.Int64(),
    "history_hosts": pl.Int64(),
    "history_fleet": pl.Int64(),
    "history_evidence": pl.Float64(),
    "history_polls": pl.Int64(),
    "history_days": pl.Int64(),
}
"""What the terms read; null throughout without a history."""

_ENOUGH_DAYS = 3  # a host heard on fewer days has too little past to be new against
_SMALL_FLEET = 10  # hosts below which prevalence says nothing
_STRONG = 3.0  # log10, as for a timer within a day
_KNOWN = pl.col("days_known") >= _ENOUGH_DAYS
_COMPARABLE = _KNOWN & (pl.col("history_fleet") >= _SMALL_FLEET)
_DAILY = pl.col("history_polls") / pl.col("history_days")
_SLOW = ramp(-_DAILY, -24.0, -8.0)  # above an hourly poll one day tells the timer by itself
_FEW = pl.col("history_hosts") <= 3
OVER_DAYS = (ramp(pl.col("history_evidence"), 0.0, _STRONG) * _SLOW).fill_null(0.0)
"""How surely the days before show a timer too slow for one day; 0 without a history.

What a single day takes for a visit, or for too few contacts, is then one poll of it.
"""

TERMS = (
    Term(
        "new to this host",
        "Did this host never do it before?",
        strength=yes(pl.col("days_seen") == 0, _KNOWN),
        value=pl.format("not once on {} earlier days of this host", "days_known"),
        sign=1,
        bound=2.0,
    ),
    Term(
        "seen for days",
        "Has this host done it for many days?",
        strength=pl.when(_KNOWN).then(ramp(pl.col("days_seen"), 1.0, 14.0)),
        value=pl.format("on {} of {} earlier days of this host", "days_seen", "days_known"),
        sign=-1,
        bound=1.0,  # patience must not buy an implant more
    ),
    Term(
        "known in the fleet for weeks",
        "Have many hosts done it in the last weeks?",
        strength=pl.when(_COMPARABLE).then(
            ramp(pl.col("history_hosts").clip(1).cast(pl.Float64).log(2.0), 1.6, 4.6)
        ),
        value=pl.format(
            "same process and service on {} of {} hosts in that time",
            "history_hosts",
            "history_fleet",
        ),
        sign=-1,
    ),
    Term(
        "slow timer over days",
        "Do at most three hosts share a timer that one day is too short to show?",
        strength=pl.when(_COMPARABLE).then(
            ramp(pl.col("history_evidence"), 0.0, _STRONG) * _SLOW * _FEW
        ),
        value=pl.format(
            "{} polls on {} days, log10 Bayes factor {}; on {} of {} hosts in that time",
            "history_polls",
            "history_days",
            pl.col("history_evidence").round(1),
            "history_hosts",
            "history_fleet",
        ),
        sign=1,
    ),
)


def complete(channels: pl.DataFrame) -> pl.DataFrame:
    """Add those of `COLUMNS` that are absent, as null."""
    absent = {name: dtype for name, dtype in COLUMNS.items() if name not in channels.columns}
    return channels.with_columns(pl.lit(None, dtype).alias(n) for n, dtype in absent.items())
