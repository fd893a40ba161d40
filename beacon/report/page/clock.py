"""Times along a drawing: where its axis lies, and round hours to read it by."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WIDE = 1000.0
"""Units across of every drawing; the page stretches it to its column."""

_DAY = 86_400
_STEPS = (
    *(1, 2, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200),
    *(days * _DAY for days in (1, 2, 7, 14, 28, 91, 182, 364)),
)


class Tick(NamedTuple):
    """A round moment: where it stands, and what the clock says there."""

    place: float
    label: str


class Axis(NamedTuple):
    """The time a drawing spans: from `start`, seconds since 1970, for so many seconds."""

    start: float
    seconds: float

    @classmethod
    def between(cls, first: datetime, last: datetime) -> "Axis":
        """An axis of a minute at least."""
        return cls(first.timestamp(), max((last - first).total_seconds(), 60.0))

    @property
    def ends(self) -> tuple[datetime, datetime]:
        """The times where it begins and ends, to the microsecond."""
        first = datetime.fromtimestamp(self.start, UTC)
        return first, first + timedelta(seconds=self.seconds)

    def place(self, times: Floats) -> Floats:
        """Seconds since 1970 -> units across, held inside the drawing."""
        places: Floats = np.clip((times - self.start) / self.seconds, 0.0, 1.0) * WIDE
        return places

    def ticks(self, most: int = 8) -> list[Tick]:
        """Round moments in UTC, evenly spaced, as many as fit `most` labels beside each other."""
        step = next((s for s in _STEPS if self.seconds / s <= most), self.seconds / most)
        first = np.ceil(self.start / step) * step
        times = np.arange(first, self.start + self.seconds + 1e-6, step)
        return [
            Tick(round(place, 1), self._label(time, step))
            for time, place in zip(times.tolist(), self.place(times).tolist(), strict=True)
        ]

    def _label(self, time: float, step: float) -> str:
        moment = datetime.fromtimestamp(time, UTC)
        if step >= _DAY or (self.seconds > _DAY and time % _DAY == 0):
            return f"{moment:%d %b}"
        return f"{moment:%H:%M:%S}" if step < 60 else f"{moment:%H:%M}"
