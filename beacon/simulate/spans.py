"""Spans of time in which machines are on and people are at them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Seconds = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Spans(NamedTuple):
    """Ascending, disjoint spans of time; equal `visit` means the same boot or working day."""

    start: Seconds
    end: Seconds
    visit: Ints

    def clip(self, low: float, high: float) -> "Spans":
        """What of the spans lies between two times."""
        start, end = np.maximum(self.start, low), np.minimum(self.end, high)
        kept = end > start
        return Spans(start[kept], end[kept], self.visit[kept])

    def of(self, visit: int) -> "Spans":
        """The spans of one visit."""
        kept = self.visit == visit
        return Spans(self.start[kept], self.end[kept], self.visit[kept])

    def elapsed(self) -> Seconds:
        """Time spent inside before each span, and in all of them, shape (n + 1,)."""
        return np.concatenate([[0.0], np.cumsum(self.end - self.start)])

    def wall(self, inside: Seconds) -> Seconds:
        """Times after so many seconds spent inside the spans."""
        before = self.elapsed()
        span = np.searchsorted(before, inside, side="right") - 1
        shown: Seconds = self.start[span] + inside - before[span]
        return shown

    def at(self, share: float) -> float:
        """When this share of the time inside, below 1, has been spent; of one span at least."""
        return float(self.wall(np.array([share * self.elapsed()[-1]]))[0])

    def contain(self, times: Seconds) -> npt.NDArray[np.bool_]:
        """Which times lie inside."""
        span = np.searchsorted(self.start, times, side="right") - 1
        return (span >= 0) & (times < np.append(self.end, -np.inf)[span])


class Presence(NamedTuple):
    """When a machine is on, and when its user is at it."""

    awake: Spans
    work: Spans
