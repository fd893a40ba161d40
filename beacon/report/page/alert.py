"""Everything the page shows of one alert: its words, its drawings, its rows."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from beacon.report import story, words
from beacon.report.page import charts
from beacon.report.page.clock import Axis
from beacon.report.words import Row

if TYPE_CHECKING:
    from beacon.pipeline import Result

_ENDS = 3  # rows shown from either end
_SHOWN = {
    "time, UTC": "Timestamp",
    "ReportId": "ReportId",
    "action": "ActionType",
    "address": "RemoteIP",
    "port": "RemotePort",
    "process id": "InitiatingProcessId",
}
_DETAILS = {
    "process": {
        "folder": "InitiatingProcessFolderPath",
        "SHA-1": "InitiatingProcessSHA1",
        "vendor": "InitiatingProcessVersionInfoCompanyName",
        "original name": "InitiatingProcessVersionInfoOriginalFileName",
        "integrity": "InitiatingProcessIntegrityLevel",
    },
    "connection": {"address": "RemoteIP", "port": "RemotePort"},
}
"""Role of a link -> what the rows tell of it beyond the result."""
_STATES = ("not fired", "not observable")
_MOST_VALUES = 3
_CLOSER_BELOW = 0.5  # share of the export that a channel fills
_DENSE = 150  # periods of a drawing in which marks run into each other
_PERIODS_SHOWN = 40

Moment = datetime | None


class Drawn(NamedTuple):
    """A timeline with the times at its ends."""

    strip: charts.Strip
    title: str
    first: str
    last: str


class Alert(NamedTuple):
    """One alert, ready for the template; every text is as hostile as the export."""

    id: str
    rank: int
    exact: float
    score: str
    severity: str
    host: str
    process: str
    domain: str
    cadence: str
    period: float | str
    since: str
    order: float | str
    why: list[str]
    story: story.Story
    steps: list[tuple[story.Step, charts.Fall]]
    even: float
    silent: dict[str, list[str]]
    strips: list[Drawn]
    gaps: charts.Histogram | None
    events: list[dict[str, str]]
    chain: list[story.Link]


def alerts(result: "Result", rows: pl.DataFrame) -> list[Alert]:
    """The rows of a result as the page shows them, in their order."""
    events = {
        key[0]: frame
        for key, frame in result.timeline.partition_by(
            "alert_id", as_dict=True, maintain_order=True
        ).items()
    }
    hours = result.summary.coverage.hours
    none = result.timeline.clear()
    return [
        _alert(row, events.get(row["alert_id"], none), hours, result)
        for row in rows.iter_rows(named=True)
    ]


def _alert(row: Row, events: pl.DataFrame, hours: pl.DataFrame, result: "Result") -> Alert:
    told = story.tell(row)
    spoken = story.speaking(told.ledger)
    falls, even = charts.waterfall(spoken)
    seen = result.summary
    period = words.period(row)
    return Alert(
        id=row["alert_id"],
        rank=row["rank"],
        exact=row["score"],
        score=words.score(row),
        severity=row["severity"],
        host=row["host"],
        process=row["process"],
        domain=row["domain"],
        cadence=words.cadence(row),
        period="" if period is None else period,
        since=words.since(row),
        order=row["first_seen"].timestamp() if row["first_seen"] else "",
        why=words.each_reason(row, most=3),
        story=told,
        steps=list(zip(spoken, falls, strict=True)),
        even=even,
        silent={state: story.silent(told.ledger, state) for state in _STATES},
        strips=list(_strips(row, events, hours, (seen.first, seen.last))),
        gaps=charts.histogram(events, period),
        events=_ends(events),
        chain=[
            link._replace(facts=[*link.facts, *_details(events, _DETAILS.get(link.role, {}))])
            for link in told.chain
        ],
    )


def _strips(
    row: Row, events: pl.DataFrame, hours: pl.DataFrame, export: tuple[Moment, Moment]
) -> Iterable[Drawn]:
    """The channel over the export, closer where it filled little of it, and mark from mark."""
    own = (row["first_seen"], row["last_seen"])
    if events.is_empty() or None in (*own, *export):
        return
    heard = hours.filter(pl.col("host") == row["host"])["hour"]
    whole, close = (Axis.between(*ends) for ends in (export, own))
    views = [("the whole export", whole)]
    if close.seconds < _CLOSER_BELOW * whole.seconds:
        views.append(("the same, closer", close))
    period = words.period(row)
    if period and close.seconds > _DENSE * period:
        start = own[0]
        end = start + timedelta(seconds=_PERIODS_SHOWN * period)
        views.append((f"its first {_PERIODS_SHOWN} periods", Axis.between(start, end)))
    for title, axis in views:
        strip = charts.strip(events, heard, axis, period)
        yield Drawn(strip, title, *map(words.moment, axis.ends))


def _ends(events: pl.DataFrame) -> list[dict[str, str]]:
    """The first and the last rows, to be looked up by their ReportId."""
    if events.height > 2 * _ENDS:
        events = pl.concat([events.head(_ENDS), events.tail(_ENDS)])
    times = pl.col("Timestamp").dt.to_string("%Y-%m-%d %H:%M:%S%.3f")
    shown = events.with_columns(times).select(
        pl.col(column).cast(pl.String).fill_null("").alias(label)
        for label, column in _SHOWN.items()
    )
    return shown.to_dicts()


def _details(events: pl.DataFrame, columns: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """The values of some columns by their labels; nothing where a source is silent."""
    for label, column in columns.items():
        values = events[column].cast(pl.String).drop_nulls().unique(maintain_order=True)
        values = values.filter(values != "")
        if values.len():
            more = values.len() - _MOST_VALUES
            tail = [f"and {more:,} more"] if more > 0 else []
            yield label, "\n".join([*values.head(_MOST_VALUES), *tail])
