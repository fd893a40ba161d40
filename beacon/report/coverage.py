"""What an export can and cannot show, in words and as a picture of devices over hours."""

import math
from typing import TYPE_CHECKING

import polars as pl

from beacon.coverage import COSTS
from beacon.inert import visible
from beacon.read.table import EXPORT_LIMITS
from beacon.report.words import count, moment, that

if TYPE_CHECKING:
    from beacon.pipeline import Inspection, Summary

SHADES = " ░▒▓█"
_NAME_WIDTH = 28
_MOST_SLICES = 96


def limits(run: "Inspection | Summary") -> list[str]:
    """A sentence for each thing that the input cannot show; none where nothing is amiss."""
    heard = run.coverage
    lines = [
        f"{part.name}: exactly {rows:,} rows, {EXPORT_LIMITS[rows]}: probably truncated."
        for part, rows in zip(run.parts, run.part_rows, strict=True)
        if rows in EXPORT_LIMITS and not any("truncated" in note for note in part.notes)
    ]
    if aggregated := heard.share("aggregated"):
        lines.append(
            f"{aggregated:.1%} of rows are hourly aggregates: counted by the hour, never as events."
        )
    if inspected := heard.share("inspected"):
        lines.append(f"{inspected:.1%} of rows are inspected traffic, which names no process.")
    if run.capped:
        lines.append(
            f"{len(run.capped):,} of {heard.hosts:,} devices report each set of field values once "
            "a day: their polls are lower bounds, and a missing beat proves nothing."
        )
    gaps = heard.devices.filter(pl.col("silent_hours") > 0)
    if gaps.height:
        longest = max(gaps["longest_gap_hours"].to_list())
        lines.append(
            f"{gaps.height:,} of {heard.hosts:,} devices sent nothing in some hour between their "
            f"first and last row; the longest gap is {longest:.0f} h."
        )
    lines += [f"No {column}: {COSTS[column]}." for column in heard.missing]
    return [visible(line) for line in lines]


def rows(seen: "Inspection") -> list[str]:
    """Sentences on repeats, clocks and density."""
    found = seen.rows
    lines = [
        f"{found.duplicates:,} of {count(found.rows, 'row')} repeat an event "
        "(same DeviceName, Timestamp and ReportId).",
        f"{that(found.unnamed, 'row', 'has', 'have')} an address and no name; "
        f"{found.processless:,} no process.",
    ]
    if found.hourly_median is not None:
        lines.append(
            f"{count(found.channels, 'channel')} (host, process, name or address); rows of a "
            f"channel in an hour: {found.hourly_median:g} at the median, "
            f"{found.hourly_most:,} at most."
        )
    if found.stray:
        lines.append(
            f"{that(found.stray, 'row', 'lies', 'lie')} a day or more outside the rest: "
            "a wrong clock."
        )
    if found.early:
        lines.append(
            f"{that(found.early, 'row', 'is', 'are')} older than the own process: a clock was set."
        )
    return lines


def picture(seen: "Inspection", most: int = 20) -> str:
    """Devices over time, the most silent first: a shade for the rows of each hour.

    Args:
        seen: the inspected export.
        most: devices drawn.
    """
    heard = seen.coverage
    if heard.hours.is_empty():
        return ""
    chosen = heard.devices.sort("silent_hours", "rows", "host", descending=[True, True, False])
    times = sorted(heard.hours["hour"].to_list())
    start, hours = times[0], int((times[-1] - times[0]).total_seconds() // 3600) + 1
    step = math.ceil(hours / _MOST_SLICES)
    place = (pl.col("hour") - start).dt.total_hours() // step
    counts = heard.hours.group_by("host", place=place).agg(pl.col("rows").sum())
    peak = math.log1p(max(counts["rows"].to_list()))
    unit = "hour" if step == 1 else f"{step} hours"
    lines = [
        f"Rows of each device by {unit} from {start:%Y-%m-%d %H:%M} UTC (fullest █, none ' '):"
    ]
    for host in chosen["host"].head(most):
        row = [" "] * math.ceil(hours / step)
        for at, number in counts.filter(pl.col("host") == host).select("place", "rows").rows():
            row[at] = SHADES[max(1, round(math.log1p(number) / peak * (len(SHADES) - 1)))]
        name = visible(host)
        short = name if len(name) <= _NAME_WIDTH else f"{name[: _NAME_WIDTH - 1]}…"
        lines.append(f"{short:{_NAME_WIDTH}} |{''.join(row)}|")
    if chosen.height > most:
        lines.append(
            f"and {count(chosen.height - most, 'device')} that were silent for no more hours."
        )
    return "\n".join(lines) + "\n"


def inspected(seen: "Inspection") -> str:
    """The whole answer of `beacon inspect`, as text."""
    heard, total = seen.coverage, sum(seen.part_rows)
    span = f", {moment(heard.first)} to {moment(heard.last)} UTC" if heard.first else ""
    lines = [
        f"{count(total, 'row')} of {count(len(seen.parts), 'part')}, "
        f"{count(heard.hosts, 'host')}{span}."
    ]
    for part, number in zip(seen.parts, seen.part_rows, strict=True):
        lines.append(visible(f"  {part.name}: {part.shape}, {count(number, 'row')}"))
        lines += [visible(f"    {note}") for note in part.notes]
    for reason, number, part, line, example in seen.faults.iter_rows():
        where = f"{part}, line {line}" if line is not None else str(part)
        lines.append(
            visible(f"  unreadable, {count(number, 'row')} of {where}: {reason}: {example}")
        )
    lines += ["", *rows(seen), *limits(seen), "", picture(seen)]
    return "\n".join(lines)
