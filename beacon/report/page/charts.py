"""Where the marks of the three drawings stand: numbers only, so that no text can get into them.

All lengths are in units of a drawing `WIDE` units across; the page stretches it to its column.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from beacon.channels import is_aggregated, on_timeline
from beacon.report.story import Step

Floats = NDArray[np.float64]

WIDE = 1000.0
_BINS = 36
_PERIODS_SHOWN = 3.0
_UNFITTED_QUANTILE = 0.95


class Bar(NamedTuple):
    """A mark from `left`, `width` units across; `height` is a share of the drawing's height."""

    left: float
    width: float
    height: float


class Axis(NamedTuple):
    """The time a drawing spans: from `start`, seconds since 1970, for so many seconds."""

    start: float
    seconds: float

    @classmethod
    def between(cls, first: datetime, last: datetime) -> "Axis":
        """An axis of a minute at least."""
        return cls(first.timestamp(), max((last - first).total_seconds(), 60.0))

    def place(self, times: Floats) -> Floats:
        """Seconds since 1970 -> units across, held inside the drawing."""
        places: Floats = np.clip((times - self.start) / self.seconds, 0.0, 1.0) * WIDE
        return places


class Strip(NamedTuple):
    """A channel over the time of the export.

    Attributes:
        polls: where a connection was seen (left edges, one a unit at most).
        missed: where the fitted period expected one and none was seen.
        silent: hours in which the host sent nothing at all.
        hourly: connections an hour that only aggregates report.
    """

    polls: list[float]
    missed: list[float]
    silent: list[Bar]
    hourly: list[Bar]


class Histogram(NamedTuple):
    """Gaps between connections.

    Attributes:
        bars: one a bin.
        longest_seconds: the right edge.
        period: where the fitted period stands; None without one.
        beyond: gaps longer than the right edge.
        highest: gaps in the fullest bin.
    """

    bars: list[Bar]
    longest_seconds: float
    period: float | None
    beyond: int
    highest: int


class Fall(NamedTuple):
    """One step of the waterfall: from the running total before it to the one after."""

    left: float
    width: float
    rises: bool


def strip(
    events: pl.DataFrame, heard: pl.Series, axis: Axis, period_seconds: float | None
) -> Strip:
    """Lay out the timeline of one channel.

    Args:
        events: canonical rows of the channel.
        heard: the hours in which its host sent anything.
        axis: the time that the export spans.
        period_seconds: the fitted period, if any.
    """
    timed = events.drop_nulls("Timestamp")
    seen = _seconds(timed.filter(on_timeline())["Timestamp"])
    hours = timed.filter(is_aggregated())
    silent = _silent(heard, axis)
    return Strip(
        polls=_distinct(axis.place(seen)),
        missed=_distinct(axis.place(_missed(seen, period_seconds))),
        silent=_bars(axis, silent, np.ones(silent.size)),
        hourly=_bars(axis, _seconds(hours["Timestamp"]), _counts(hours)),
    )


def histogram(events: pl.DataFrame, period_seconds: float | None) -> Histogram | None:
    """Count the gaps between connections; None below two gaps."""
    seen = _seconds(events.drop_nulls("Timestamp").filter(on_timeline())["Timestamp"])
    gaps = np.diff(np.sort(seen))
    if gaps.size < 2:
        return None
    longest = (
        _PERIODS_SHOWN * period_seconds
        if period_seconds
        else float(np.quantile(gaps, _UNFITTED_QUANTILE)) or 1.0
    )
    counts, _ = np.histogram(gaps, bins=_BINS, range=(0.0, longest))
    highest = max(int(counts.max()), 1)
    width = WIDE / _BINS
    return Histogram(
        bars=[Bar(i * width, width, count / highest) for i, count in enumerate(counts.tolist())],
        longest_seconds=longest,
        period=WIDE / _PERIODS_SHOWN if period_seconds else None,
        beyond=int((gaps > longest).sum()),
        highest=highest,
    )


def waterfall(steps: Sequence[Step]) -> tuple[list[Fall], float]:
    """A bar a step, and where even odds (log-odds 0) stand."""
    totals = [step.total for step in steps]
    befores = [0.0, *totals[:-1]]
    low, high = min(0.0, *totals), max(0.0, *totals)
    scale = WIDE / ((high - low) or 1.0)
    falls = [
        Fall((min(a, b) - low) * scale, abs(b - a) * scale, rises=b > a)
        for a, b in zip(befores, totals, strict=True)
    ]
    return falls, -low * scale


def _seconds(times: pl.Series) -> Floats:
    return times.dt.cast_time_unit("ns").to_physical().to_numpy().astype(np.float64) / 1e9


def _missed(seen: Floats, period: float | None) -> Floats:
    """Slots that a timer of this period would have filled inside the longer gaps."""
    if not period or seen.size < 2:
        return np.empty(0)
    gaps = np.diff(seen)
    slots = np.minimum(np.round(gaps / period).astype(np.int64), int(WIDE))
    return np.concatenate(
        [np.empty(0)]
        + [
            start + gap * np.arange(1, n) / n
            for start, gap, n in zip(seen[:-1], gaps, slots, strict=True)
            if n > 1
        ]
    )


def _silent(heard: pl.Series, axis: Axis) -> Floats:
    """Starts of the hours inside the drawing in which the host was not heard."""
    every = np.arange(axis.start // 3600, (axis.start + axis.seconds) // 3600 + 1)
    silent: Floats = np.setdiff1d(every, np.round(_seconds(heard.drop_nulls()) / 3600)) * 3600
    return silent


def _counts(hours: pl.DataFrame) -> Floats:
    """Connections each aggregate stands for; 1 where it does not say."""
    text = hours["AdditionalFields"].fill_null("")
    stated = text.str.extract(r'"uniqueEventsAggregated"\s*:\s*"?(\d{1,9})')
    return stated.cast(pl.Float64).fill_null(1.0).to_numpy()


def _bars(axis: Axis, starts: Floats, counts: Floats) -> list[Bar]:
    """A bar an hour, the tallest full; hours outside the drawing have none."""
    left, right = axis.place(starts), axis.place(starts + 3600)
    shares = counts / counts.max(initial=1.0)
    return [
        Bar(round(a, 1), round(b - a, 1), round(share, 3))
        for a, b, share in zip(left.tolist(), right.tolist(), shares.tolist(), strict=True)
        if b > a
    ]


def _distinct(places: Floats) -> list[float]:
    """One mark a unit at most: a million connections draw no more than a thousand."""
    return [float(place) for place in np.unique(np.round(places))]
