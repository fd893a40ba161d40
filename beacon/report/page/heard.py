"""When each device was heard: a lane a device, a cell an hour, gaps left open for hatching."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from beacon.coverage import Coverage
from beacon.report import words
from beacon.report.page import charts
from beacon.report.page.clock import Axis, Tick

SHADES = 4
_MOST_LANES = 24
_MOST_CELLS = 96
_HOUR = 3600


class Cell(NamedTuple):
    """Hours of a device: from `left`, `width` units across, as dark as 1 to `SHADES`."""

    left: float
    width: float
    shade: int


class Lane(NamedTuple):
    """A device.

    Attributes:
        host: its name, as hostile as the export.
        alert: the id of its best alert, or nothing.
        cells: where it was heard, the fuller the stronger.
        silent: where it was not.
        told: the same in words.
    """

    host: str
    alert: str
    cells: list[Cell]
    silent: list[charts.Bar]
    told: str


class Grid(NamedTuple):
    """What all lanes share: the clock, hours in all, hours a cell, and the fullest hour's log."""

    axis: Axis
    hours: int
    step: int
    top: float


class Picture(NamedTuple):
    """All lanes under one clock.

    Attributes:
        unit: what one cell spans, in words.
        first, last: the ends of the clock.
        more: devices that are not drawn.
    """

    lanes: list[Lane]
    ticks: list[Tick]
    unit: str
    first: str
    last: str
    more: int


def picture(coverage: Coverage, alerts: Mapping[str, str]) -> Picture | None:
    """Draw the devices with alerts, then those silent for longest; None without any time.

    Args:
        coverage: when each device was heard.
        alerts: host -> id of its best alert, best first.
    """
    hours = coverage.hours.drop_nulls("hour")
    if hours.is_empty() or coverage.first is None or coverage.last is None:
        return None
    silent = coverage.devices.sort("silent_hours", "rows", "host", descending=[True, True, False])
    hosts = list(dict.fromkeys([*alerts, *silent["host"]]))
    axis = Axis.between(coverage.first, coverage.last)
    every = int((axis.start + axis.seconds) // _HOUR - axis.start // _HOUR) + 1
    top = float(np.log1p(max(hours["rows"].to_list())))
    grid = Grid(axis, every, math.ceil(every / _MOST_CELLS), top)
    lanes = hours.partition_by("host", as_dict=True)
    return Picture(
        lanes=[
            _lane(host, alerts.get(host, ""), lanes[(host,)], grid)
            for host in hosts[:_MOST_LANES]
            if (host,) in lanes
        ],
        ticks=axis.ticks(),
        unit="an hour" if grid.step == 1 else f"{grid.step} hours",
        first=words.moment(axis.ends[0]),
        last=words.moment(axis.ends[1]),
        more=max(len(hosts) - _MOST_LANES, 0),
    )


def _lane(host: str, alert: str, rows: pl.DataFrame, grid: Grid) -> Lane:
    axis, every, step, top = grid
    hour = charts.seconds(rows["hour"]) // _HOUR
    slices = np.unique((hour - axis.start // _HOUR) // step, return_inverse=True)
    fullest = np.zeros(slices[0].size)
    np.maximum.at(fullest, slices[1], np.log1p(rows["rows"].to_numpy()))
    starts = (axis.start // _HOUR + slices[0] * step) * _HOUR
    left, right = axis.place(starts), axis.place(starts + step * _HOUR)
    shades = np.maximum(1, np.round(fullest / top * SHADES)).astype(int)
    heard = f"{rows.height:,} of {words.count(every, 'hour')}"
    return Lane(
        host=host,
        alert=alert,
        cells=[
            Cell(round(a, 1), round(b - a, 1), shade)
            for a, b, shade in zip(left.tolist(), right.tolist(), shades.tolist(), strict=True)
            if b > a
        ],
        silent=charts.silent(rows["hour"], axis),
        told=f"{heard}, {words.count(int(rows['rows'].sum()), 'row')}",
    )
