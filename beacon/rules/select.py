"""Applies the rule to an export: the rows it keeps, and why the others are gone."""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from beacon.rules import match
from beacon.rules.profile import Rule
from beacon.settings import RuleSettings

_IDENTITY = ("DeviceName", "Timestamp", "ReportId")
_RULE_COLUMNS = (
    "RemoteUrl",
    "InitiatingProcessFileName",
    "InitiatingProcessParentFileName",
    "InitiatingProcessCommandLine",
)


class Selection(NamedTuple):
    """What the rule kept.

    Attributes:
        rows: kept rows with the rule's flags and terms.
        dropped: reason -> number of rows.
        faithful, strict: rows inside the window that each mode keeps, duplicates removed.
    """

    rows: pl.DataFrame
    dropped: dict[str, int]
    faithful: int
    strict: int


def select(
    events: pl.LazyFrame, columns: Sequence[str], rule: Rule, settings: RuleSettings
) -> Selection:
    """Keep what the rule keeps, inside its window, each event once.

    Defender names an event by DeviceName, Timestamp and ReportId together; exports repeat some
    (Microsoft Learn, "Data export in Log Analytics"). Rows without a ReportId are never merged.

    Args:
        events: canonical events.
        columns: those to return beside the rule's own.
        rule: the lists.
        settings: mode and window.
    """
    wanted = list(dict.fromkeys((*columns, *_IDENTITY, *_RULE_COLUMNS)))
    # Strict keeps a subset of faithful, so one pass over the export serves both.
    coarse = match.keep(rule, "any" if settings.match == "any" else "faithful")
    candidates = events.filter(coarse).select(wanted)
    candidates_frame, newest = pl.collect_all([candidates, _newest(events, settings)])
    total = candidates_frame.height
    inside = candidates_frame.filter(match.in_window(settings, newest.item()))
    nameless = pl.col("ReportId").is_null()
    once = inside.filter(nameless | pl.struct(_IDENTITY).is_first_distinct())
    marked = once.with_columns(
        is_faithful=match.keep(rule, "faithful"), is_strict=match.keep(rule, "strict")
    )
    kept = {
        "faithful": pl.col("is_faithful"),
        "strict": pl.col("is_strict"),
        "any": pl.lit(value=True),
    }
    rows = marked.filter(kept[settings.match])
    return Selection(
        rows.drop("is_faithful", "is_strict").with_columns(
            *match.flags(rule), *match.terms(rule, settings.match)
        ),
        dropped={
            "outside the window": total - inside.height,
            "duplicate (DeviceName, Timestamp, ReportId)": inside.height - once.height,
            "kept by the faithful rule only": once.height - rows.height,
        },
        faithful=int(marked["is_faithful"].sum()),
        strict=int(marked["is_strict"].sum()),
    )


def _newest(events: pl.LazyFrame, settings: RuleSettings) -> pl.LazyFrame:
    """The newest Timestamp, only if a window ends there: it costs a scan of the column."""
    if settings.window_hours is None or settings.as_of is not None:
        return pl.LazyFrame({"Timestamp": [None]}, schema={"Timestamp": pl.Datetime("ns", "UTC")})
    return events.select(pl.col("Timestamp").max())
