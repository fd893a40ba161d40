"""Where the marks of the drawings of an alert stand: numbers only, so that no text gets in."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from beacon.channels import is_aggregated, on_timeline
from beacon.report.page.clock import WIDE, Axis, Floats, Tick
from beacon.report.story import Step

_BINS = 36
_PERIODS_SHOWN = 3.0
_UNFITTED_QUANTILE = 0.95
_FEWEST_BARS = 3
_HOUR = 3600


class Bar(NamedTuple):
    """A mark from `left`, `width` units across; `height` is a share of the drawing's height."""

    left: float
    width: float
    height: float


class Hour(NamedTuple):
    """Connections of an hour as a stacked bar: those at exact times, and on them the others.

    Attributes:
        exact: share of the fullest hour that was seen at exact times.
        reported: share of it that only an hourly aggregate reports.
    """

    left: float
    width: float
    exact: float
    reported: float


class Strip(NamedTuple):
    """A channel over time.

    Attributes:
        polls: where a connection was seen (left edges, one a unit at most).
        missed: where the fitted period expected one and none was seen.
        silent: hours in which the host sent nothing at all.
        hours: a bar an hour; none where fewer than three would be drawn.
        highest: connections in the fullest hour.
        ticks: round moments.
    """

    polls: list[float]
    missed: list[float]
    silent: list[Bar]
    hours: list[Hour]
    highest: int
    ticks: list[Tick]

    @property
    def reported(self) -> bool:
        """Whether any connection is known from hourly aggregates only."""
        return any(hour.reported for hour in self.hours)


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
        axis: the time that the drawing spans.
        period_seconds: the fitted period, if any.
    """
    timed = events.drop_nulls("Timestamp")
    seen = seconds(timed.filter(on_timeline())["Timestamp"])
    bars, highest = _hours(seen, timed.filter(is_aggregated()), axis)
    return Strip(
        polls=_distinct(axis.place(seen)),
        missed=_distinct(axis.place(_missed(seen, period_seconds))),
        silent=silent(heard, axis),
        hours=bars,
        highest=highest,
        ticks=axis.ticks(),
    )


def histogram(events: pl.DataFrame, period_seconds: float | None) -> Histogram | None:
    """Count the gaps between connections; None below two gaps."""
    seen = seconds(events.drop_nulls("Timestamp").filter(on_timeline())["Timestamp"])
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


def silent(heard: pl.Series, axis: Axis) -> list[Bar]:
    """The stretches of the drawing in which a host was not heard for whole hours."""
    every = np.arange(axis.start // _HOUR, (axis.start + axis.seconds) // _HOUR + 1)
    hours = np.setdiff1d(every, np.round(seconds(heard.drop_nulls()) / _HOUR))
    first = np.flatnonzero(np.diff(hours, prepend=-np.inf) > 1)
    lengths = np.diff(np.append(first, hours.size))
    left = axis.place(hours[first] * _HOUR)
    right = axis.place((hours[first] + lengths) * _HOUR)
    return [
        Bar(round(a, 1), round(b - a, 1), 1.0)
        for a, b in zip(left.tolist(), right.tolist(), strict=True)
        if b > a
    ]


def seconds(times: pl.Series) -> Floats:
    """Times as seconds since 1970."""
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


def _hours(seen: Floats, reports: pl.DataFrame, axis: Axis) -> tuple[list[Hour], int]:
    """The bars, and the connections of the fullest hour; hours outside the drawing have none."""
    exact = seen // _HOUR
    reported = seconds(reports["Timestamp"]) // _HOUR
    hours = np.unique(np.concatenate([exact, reported]))
    if axis.seconds < _FEWEST_BARS * _HOUR and not reported.size:
        return [], 0
    single = np.bincount(np.searchsorted(hours, exact), minlength=hours.size)
    stated = np.bincount(
        np.searchsorted(hours, reported), weights=_counts(reports), minlength=hours.size
    )
    highest = float((single + stated).max(initial=1.0))
    left, right = axis.place(hours * _HOUR), axis.place((hours + 1) * _HOUR)
    columns = (left, right - left, single / highest, stated / highest)
    bars = [
        Hour(round(a, 1), round(w, 1), round(x, 3), round(y, 3))
        for a, w, x, y in zip(*(column.tolist() for column in columns), strict=True)
        if w > 0
    ]
    return bars, round(highest)


def _counts(reports: pl.DataFrame) -> Floats:
    """Connections each aggregate stands for; 1 where it does not say."""
    text = reports["AdditionalFields"].fill_null("")
    stated = text.str.extract(r'"uniqueEventsAggregated"\s*:\s*"?(\d{1,9})')
    return stated.cast(pl.Float64, strict=False).fill_null(1.0).to_numpy()


def _distinct(places: Floats) -> list[float]:
    """One mark a unit at most: a million connections draw no more than a thousand."""
    return [float(place) for place in np.unique(np.round(places))]
