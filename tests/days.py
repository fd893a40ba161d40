"""Days of slow traffic, one export a day, for tests of the history."""

from datetime import timedelta

import numpy as np
import polars as pl
from events import START, event, frame
from numpy.typing import NDArray

MIDNIGHT = START.replace(hour=0, minute=0)
DAY = 86_400

_CHANCE = np.random.default_rng(7)
SLOW: dict[str, NDArray[np.float64]] = {
    "six-hours": np.cumsum(6 * 3600 * (1 + 0.1 * _CHANCE.uniform(-1, 1, 150))),
    "rotating": np.cumsum(6 * 3600 * (1 + 0.1 * _CHANCE.uniform(-1, 1, 150))),
    "scheduled": DAY * np.arange(30) + 3 * 3600 + _CHANCE.normal(0, 20, 30),
    "jittered": np.cumsum(DAY * (1 + 0.2 * _CHANCE.uniform(-1, 1, 40))),
    "person": DAY * np.arange(30) + 9 * 3600 + _CHANCE.normal(0, 3000, 30),
}
"""Host -> seconds since `MIDNIGHT` at which it polls."""
DROPS = ("pastebin.com", "raw.githubusercontent.com", "paste.ee")


def rows(day: int, hosts: int = 12) -> list[dict[str, object]]:
    """The slow hosts, one fast one, and others that browse all day."""
    since = (MIDNIGHT - START).total_seconds()
    found = [
        event(
            since + second,
            DeviceName=host,
            RemoteUrl=DROPS[number % 3] if host == "rotating" else DROPS[0],
            InitiatingProcessId=number,
        )
        for host, times in SLOW.items()
        for number, second in enumerate(times)
        if day <= second / DAY < day + 1
    ]
    start = since + day * DAY
    found += [event(start + 60 * i, DeviceName="fast") for i in range(300)]
    found += [
        event(start + 1800 * i, DeviceName=f"other-{n}", InitiatingProcessFileName="chrome.exe")
        for n in range(hosts)
        for i in range(48)
    ]
    for host in SLOW:  # heard all day
        found += [
            event(start + 3600 * i, DeviceName=host, InitiatingProcessFileName="chrome.exe")
            for i in range(24)
        ]
    return found


def export(day: int, hosts: int = 12) -> pl.DataFrame:
    made = frame(rows(day, hosts)).with_columns(
        ReportId=pl.int_range(pl.len(), dtype=pl.Int64) + day * 100_000
    )
    return made.sort("Timestamp", "DeviceName")


def moment(day: int) -> object:
    return MIDNIGHT + timedelta(days=day)
