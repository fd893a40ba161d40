"""What the clock says: a timer, or not; how long; with deliberate jitter or without."""

import polars as pl

from beacon.evidence.novelty import OVER_DAYS
from beacon.evidence.term import Term, ramp

_STRONG = 2.0  # log10: beyond a hundred to one, doubts other than chance are larger
_WEAK = -0.7  # one in five: the usual jitter of 20 % and more leaves no better evidence
_ENOUGH_POLLS = 8
_EVIDENCE = pl.col("timing_evidence")
_POLLS = pl.col("polls")
_COUNTED = pl.format("{} polls, log10 Bayes factor {}", "polls", _EVIDENCE.round(1))
_HOST_HOURS = (pl.col("host_last") - pl.col("host_first")).dt.total_seconds() / 3600.0
_LONG_ENOUGH = _HOST_HOURS >= 3.0  # a shorter look at a host cannot tell for how long it goes on
_TELLS_HOW_LONG = (_POLLS >= 3) & _LONG_ENOUGH
_MAGNITUDE = _POLLS.cast(pl.Float64).log10()
_WHOLE = ~(
    pl.col("is_capped").fill_null(value=False)  # capped telemetry hides polls
    | (pl.col("long_connections") > 0).fill_null(value=False)  # and so does a long connection
)
_JITTER = pl.col("jitter_fraction").fill_null(0.0)

TIMER = pl.when(pl.col("status") == "scored").then(ramp(_EVIDENCE, _WEAK, _STRONG))
"""0 where nothing ticks, 1 where chance has a hundred to one against it."""
_SPAN = (pl.col("last_seen") - pl.col("first_seen")).dt.total_seconds()
_GAP = pl.coalesce(pl.col("period_seconds"), _SPAN / (_POLLS - 1)).clip(1.0)
_GAPS_BEFORE = (pl.col("first_seen") - pl.col("host_first")).dt.total_seconds() / _GAP
_GAPS_AFTER = (pl.col("host_last") - pl.col("last_seen")).dt.total_seconds() / _GAP
_MANY_FIT = _HOST_HOURS * 3600.0 / _GAP >= 6.0  # fewer begin and end with the machine by themselves
_ON_IS_KNOWN = pl.col("host_attended").is_not_null()  # by rows of programs outside the rule
_ENDS_SHOW = _WHOLE & _TELLS_HOW_LONG & _ON_IS_KNOWN & _MANY_FIT
TO_THE_END = pl.when(_TELLS_HOW_LONG).then(ramp(-_GAPS_AFTER, -2.5, -1.2))
"""1 where it goes on until the machine is off; what was infected today did not begin with it."""
LASTS = pl.when(_TELLS_HOW_LONG).then(ramp(pl.col("span_share"), 0.4, 0.9))

TERMS = (
    Term(
        "timing",
        "Do the polls come from a timer rather than from a person or a bursty program?",
        strength=TIMER,
        value=_COUNTED,
        sign=1,
        least=0.3,
    ),
    Term(
        "no timer",
        "Are there polls enough to see a timer, and none is seen?",
        strength=pl.when(_WHOLE & (_POLLS >= _ENOUGH_POLLS)).then(ramp(-_EVIDENCE, -0.3, 0.3)),
        value=_COUNTED,
        sign=-1,
        least=0.3,
    ),
    Term(
        "few contacts",
        "Were there too few contacts for a program that waits for orders?",
        strength=pl.when(_WHOLE & _LONG_ENOUGH).then(ramp(-_POLLS, -6.0, -1.0) * (1.0 - OVER_DAYS)),
        value=pl.format("{} polls in all", "polls"),
        sign=-1,
        bound=1.5,
    ),
    Term(
        "hundreds of polls",
        "Does it ask more often than people or builds do?",
        strength=pl.when((_WHOLE & _LONG_ENOUGH) | (_MAGNITUDE > 1.5)).then(
            ramp(_MAGNITUDE, 1.5, 3.0)
        ),
        value=pl.format("{} polls", "polls"),
        sign=1,
        bound=2.0,
    ),
    Term(
        "deliberate jitter",
        "Is the timer blurred by more than delay explains, and less than chance would?",
        strength=pl.when(TIMER.is_not_null() & pl.col("jitter_fraction").is_not_null()).then(
            pl.min_horizontal(ramp(_JITTER, 0.05, 0.2), ramp(-_JITTER, -0.8, -0.5), TIMER)
        ),
        value=pl.format("gaps vary by {} % of the period", (100 * _JITTER).round(0).cast(pl.Int64)),
        sign=1,
        bound=2.0,
    ),
    Term(
        "begins with the machine",
        "Was it there within one or two of its own periods after the machine came on?",
        strength=pl.when(_ENDS_SHOW).then(ramp(-_GAPS_BEFORE, -2.5, -1.2)),
        value=pl.format("starts {} of its gaps after the host's first row", _GAPS_BEFORE.round(1)),
        sign=1,
        bound=2.0,
    ),
    Term(
        "ends with the machine",
        "Did it go on until one or two of its own periods before the machine went off?",
        strength=pl.when(_ENDS_SHOW).then(TO_THE_END),
        value=pl.format("ends {} of its gaps before the host's last row", _GAPS_AFTER.round(1)),
        sign=1,
        bound=2.0,
    ),
    Term(
        "as long as the machine",
        "Does it go on for as long as the machine is on?",
        strength=LASTS,
        value=pl.format(
            "seen over {} % of the time that the host was seen",
            (100 * pl.col("span_share")).round(0).cast(pl.Int64),
        ),
        sign=1,
        bound=2.0,
    ),
)
