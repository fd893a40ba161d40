"""What a scheduled task declares: how often it runs, and what.

A task's XML is anyone's text: of its first megabyte a few tags are looked for, nothing is expanded.
Source: Microsoft, "Task Scheduler Schema" (Repetition, ScheduleByDay, ScheduleByWeek, Exec).
"""

import html
import re
from typing import Any, NamedTuple

import polars as pl

from beacon.read.source import parse
from beacon.schema import CONTEXT

_LONGEST_XML = 1 << 20
_TEXT = r"([^<]{0,32768})</"  # no two parts of it may match the same text: time stays linear
_INTERVAL = re.compile(rf"<Interval>{_TEXT}")
_DURATION = re.compile(
    r"P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})(?:\.\d+)?S)?)?"
)
_DAYS = re.compile(r"<DaysInterval>\s*(\d{1,4})\s*<")
_WEEKS = re.compile(r"<WeeksInterval>\s*(\d{1,3})\s*<")
_WEEKDAY = re.compile(r"<(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\s*/>")
_COMMAND = re.compile(rf"<Command>{_TEXT}")
_ARGUMENTS = re.compile(rf"<Arguments>{_TEXT}")
_DAY_SECONDS = 86_400.0


class Declared(NamedTuple):
    """What a task's XML says.

    Attributes:
        period_seconds: the shortest time between two runs; None where no trigger repeats.
        command: the program of its first action.
        arguments: what that is called with.
    """

    period_seconds: float | None
    command: str
    arguments: str


def declared(xml: str) -> Declared:
    """Read a task; whatever is missing or makes no sense is None or empty."""
    text = xml[:_LONGEST_XML]
    periods = [seconds for each in _INTERVAL.findall(text) if (seconds := duration(each.strip()))]
    triggers = text.split("</Triggers>", 1)[0]
    periods += [int(days) * _DAY_SECONDS for days in _DAYS.findall(triggers)]
    days = len(_WEEKDAY.findall(triggers)) or 1
    periods += [int(weeks) * 7 * _DAY_SECONDS / days for weeks in _WEEKS.findall(triggers)]
    command, arguments = (
        html.unescape(found[1]).strip() if (found := tag.search(text)) else ""
        for tag in (_COMMAND, _ARGUMENTS)
    )
    return Declared(min(filter(None, periods), default=None), command, arguments)


def duration(text: str) -> float | None:
    """An ISO 8601 duration of days, hours, minutes and seconds.

    >>> duration("PT15M"), duration("P1DT6H"), duration("soon")
    (900.0, 108000.0, None)
    """
    found = _DURATION.fullmatch(text)
    if not found:
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds or None


def from_fields(host: str | None, fields: Any) -> dict[str, Any] | None:
    """A row of tasks from `TaskName` and `TaskContent`, as a mapping or its JSON text."""
    named = parse(fields) if isinstance(fields, str) else fields
    if not isinstance(named, dict):
        return None
    name, xml = named.get("TaskName"), named.get("TaskContent")
    if not host or not isinstance(name, str) or not name:
        return None
    said = declared(xml if isinstance(xml, str) else "")
    return {"host": host.lower(), "name": name, **said._asdict()}


def frame(rows: list[dict[str, Any] | None]) -> pl.LazyFrame:
    """Rows of `schema.CONTEXT["tasks"]`, each once."""
    found = [row for row in rows if row is not None]
    return pl.LazyFrame(found, schema=CONTEXT["tasks"]).unique(maintain_order=True)
