"""Applies the rule to an export: the rows it keeps, and why the others are gone."""

from datetime import datetime
from typing import NamedTuple

import polars as pl

from beacon.frames import in_values, is_repeat, on_distinct
from beacon.rules import match
from beacon.rules.profile import Rule
from beacon.settings import Match, RuleSettings

_MODES: tuple[Match, ...] = ("faithful", "strict")
_IDENTITY = ("DeviceName", "Timestamp", "ReportId")


class Selection(NamedTuple):
    """What the rule kept.

    Attributes:
        rows: kept rows.
        dropped: reason -> number of rows.
        faithful, strict: rows inside the window that each mode keeps, duplicates removed.
    """

    rows: pl.DataFrame
    dropped: dict[str, int]
    faithful: int
    strict: int


def candidates(
    events: pl.LazyFrame,
    rule: Rule,
    settings: RuleSettings,
    may_be_named: pl.Expr | None = None,
) -> pl.LazyFrame:
    """The events that the rule may keep: tests on one column each, which a reader can evaluate.

    Strict keeps a subset of faithful, so one pass over the export serves both.

    Args:
        events: the export.
        rule: the lists.
        settings: the mode.
        may_be_named: which events without a name may get one; the rule's programs' stay.
    """
    if settings.match == "any":
        return events
    asked = match.tests(rule, "faithful")
    if may_be_named is not None:
        asked["RemoteUrl"] |= may_be_named
    return events.filter(*asked.values())


def is_wanted(rule: Rule, settings: RuleSettings) -> pl.Expr:
    """The rule's test of RemoteUrl."""
    return match.tests(rule, settings.match).get("RemoteUrl", pl.lit(value=True))


def select(
    candidates: pl.DataFrame, rule: Rule, settings: RuleSettings, newest: datetime | None
) -> Selection:
    """Keep what the rule keeps, inside its window, each event once.

    Defender names an event by DeviceName, Timestamp and ReportId together; exports repeat some
    (Microsoft Learn, "Data export in Log Analytics"). Rows without a ReportId are never merged.

    Args:
        candidates: all events of some hosts that pass `candidates`; text may be Categorical.
        rule: the lists.
        settings: mode and window.
        newest: the newest Timestamp of the export, see `newest`.
    """
    inside = candidates.filter(match.in_window(settings, newest))
    once = inside
    if "ReportId" in inside.columns:
        once = inside.filter(pl.col("ReportId").is_null() | ~is_repeat(inside, _IDENTITY))
    asked = {mode: match.tests(rule, mode) for mode in _MODES}
    answers = [
        in_values(once, column, *(asked[mode][column] for mode in _MODES))
        for column in asked["faithful"]
    ]
    told = once.select(
        pl.all_horizontal(*tests).alias(mode) for mode, *tests in zip(_MODES, *answers, strict=True)
    )
    counts = told.sum().row(0, named=True)
    passed = None if settings.match == "any" else told[settings.match]
    rows = once if passed is None or passed.all() else once.filter(passed)
    return Selection(
        rows,
        dropped={
            "outside the window": candidates.height - inside.height,
            "duplicate (DeviceName, Timestamp, ReportId)": inside.height - once.height,
            "kept by the faithful rule only": 0
            if settings.match == "any"
            else counts["faithful"] - rows.height,
        },
        faithful=counts["faithful"],
        strict=counts["strict"],
    )


def newest(events: pl.LazyFrame, settings: RuleSettings) -> pl.LazyFrame:
    """The newest Timestamp, only if a window ends there: it costs a scan of the column."""
    if settings.window_hours is None or settings.as_of is not None:
        return pl.LazyFrame({"Timestamp": [None]}, schema={"Timestamp": pl.Datetime("ns", "UTC")})
    return events.select(pl.col("Timestamp").max())


def label(rows: pl.DataFrame, rule: Rule, settings: RuleSettings) -> pl.DataFrame:
    """Add the rule's flags and terms, each evaluated once a distinct text."""
    made = (*match.flags(rule), *match.terms(rule, settings.match))
    for column in match.COLUMNS:
        own = [expr for expr in made if column in expr.meta.root_names()]
        rows = on_distinct(rows, column, *own)
    return rows
