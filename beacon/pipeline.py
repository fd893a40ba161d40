"""Joins the stages: read -> rules -> channels -> timing -> evidence -> rank."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import NamedTuple

import polars as pl

from beacon import channels, coverage, history, hourly, read, remembering, rules, spill, weighing
from beacon.coverage import Coverage
from beacon.history import Ledger
from beacon.inspection import Source, inspect, open_export, sound
from beacon.progress import Progress, rows_in_footers, silent, watched
from beacon.result import Inspection, Kept, Result, Summary, account
from beacon.schema import EVENTS
from beacon.settings import Settings
from beacon.weighing import addressed, label, name_keys

__all__ = [
    "Inspection",
    "Kept",
    "Result",
    "Source",
    "Summary",
    "inspect",
    "keep",
    "label",
    "observe",
    "open_export",
    "score",
]


def score(source: Source, settings: Settings | None = None, progress: Progress = silent) -> Result:
    """The main job: an export in, ranked and explained channels out.

    Args:
        source: a file, folder or glob, several of them, or a frame of Defender columns.
        settings: thresholds; the defaults where None.
        progress: called as each stage goes on.

    Raises:
        InputError: nothing in the source can be used.
    """
    settings = settings or Settings()
    folder = settings.history.folder
    with Ledger(folder).locked() if folder else nullcontext():
        return sound(source, settings, lambda export: _score(export, settings, progress))


def keep(source: Source, settings: Settings, progress: Progress = silent) -> Kept:
    """Stages 1 and 2 alone: the rows the rule keeps, each once, with its flags and terms.

    Raises:
        InputError: nothing in the source can be used.
    """
    return sound(source, settings, lambda export: _keep(export, settings, progress))


def observe(source: Source, settings: Settings) -> tuple[pl.DataFrame, Summary]:
    """Channels and their strands with every column that the terms of evidence read.

    For those who fit weights, compare methods or look closer; raises as `score` does.
    """

    def work(export: read.Export) -> tuple[pl.DataFrame, Summary]:
        seen = _look(export, settings)
        with _shards(export, seen, rules.load(settings.rule), settings) as shards:
            return _observe(export, seen, shards, settings, silent)[:2]

    return sound(source, settings, work)


def _score(export: read.Export, settings: Settings, progress: Progress) -> Result:
    rule = rules.load(settings.rule)
    seen = _look(watched(export, "reading rows", rows_in_footers(export), progress), settings)
    read_again = watched(export, "filtering rows", int(seen.rows["rows"].sum()), progress)
    with _shards(read_again, seen, rule, settings) as shards:
        observed, summary, dropped, entries = _observe(export, seen, shards, settings, progress)
        ranked = weighing.weigh(observed, settings)
        alerts = weighing.shortlist(ranked, settings, summary.day)
        timeline = _rows_behind(alerts, shards, rule, settings, seen.newest)
    span = rules.span(settings.rule, summary.first, summary.last)
    if settings.history.folder and span:
        hosts = history.host_entries(seen.coverage.hours)
        Ledger(settings.history.folder).record(entries, hosts, *span)
    return Result(ranked, dropped, summary, timeline)


def _observe(
    export: read.Export,
    seen: "_Seen",
    shards: Sequence[pl.LazyFrame],
    settings: Settings,
    progress: Progress,
) -> tuple[pl.DataFrame, Summary, pl.DataFrame, pl.DataFrame]:
    """Stages 2 to 5 shard by shard, the account of the rows, and what a history would keep."""
    rule = rules.load(settings.rule)
    kept, found, names, entries = [], [], [], []
    progress("scoring parts", 0, len(shards) + 1)  # the last is all channels together
    for number, shard in enumerate(shards, start=1):
        selection = rules.select(shard.collect(), rule, settings.rule, seen.newest)
        kept.append(_Kept.of(selection))
        keyed = name_keys(selection.rows)
        names.append(hourly.names(keyed))
        entries.append(weighing.remembered(keyed))
        found.append(weighing.time(addressed(selection.rows), label(rule, settings)))
        progress("scoring parts", number, len(shards) + 1)
    summary, dropped = _summarise(export, seen, shards, kept, settings)
    timed = pl.concat(found, how="diagonal_relaxed").sort(channels.STRAND)
    counted = _hourly(export, seen, timed, pl.concat(names))
    services = weighing.services(timed)
    today = pl.concat(entries).drop("service").join(services, on=channels.KEY)
    today = today.select(list(history.CHANNELS))
    recalled = _recall(settings, services, today, summary)
    observed = weighing.observe(timed, _hosts(seen, summary), settings, counted, recalled)
    return observed, summary, dropped, today


def _keep(export: read.Export, settings: Settings, progress: Progress) -> Kept:
    rule = rules.load(settings.rule)
    seen = _look(watched(export, "reading rows", rows_in_footers(export), progress), settings)
    read_again = watched(export, "filtering rows", int(seen.rows["rows"].sum()), progress)
    candidates = rules.candidates(read_again.events, rule, settings.rule).collect(
        engine="streaming"
    )
    selection = rules.select(candidates, rule, settings.rule, seen.newest)
    kept = [_Kept.of(selection)]
    summary, dropped = _summarise(export, seen, [candidates.lazy()], kept, settings)
    return Kept(rules.label(selection.rows, rule, settings.rule), dropped, summary)


class _Seen(NamedTuple):
    """What one look at the whole export says."""

    rows: pl.DataFrame
    faults: pl.DataFrame
    coverage: Coverage
    newest: datetime | None
    only_extended: pl.DataFrame
    attended: pl.DataFrame


class _Kept(NamedTuple):
    """What a summary needs of some of the rows that the rule kept."""

    rows: int
    dropped: dict[str, int]
    faithful: int
    strict: int

    @classmethod
    def of(cls, selection: rules.Selection) -> "_Kept":
        return cls(selection.rows.height, selection.dropped, selection.faithful, selection.strict)


def _look(export: read.Export, settings: Settings) -> _Seen:
    rows, faults, hours, newest, between, attended = pl.collect_all(
        [
            pl.concat([part.rows for part in export.parts]),
            export.faults,
            coverage.scan(export.events),
            rules.newest(export.events, settings.rule),
            rules.between(export.events, settings.rule),
            channels.attended(export.events),
        ]
    )
    heard = Coverage(hours, coverage.missing(export.columns))
    return _Seen(rows, faults, heard, newest.item(), between, attended)


def _shards(
    export: read.Export, seen: _Seen, rule: rules.Rule, settings: Settings
) -> AbstractContextManager[list[pl.LazyFrame]]:
    """The rows that the rule may keep, with the columns that the source has and the key needs."""
    wanted = export.columns | {"RemoteUrl", "RemoteIP"}
    columns = [name for name in EVENTS if name in wanted]
    rows = rules.candidates(export.events, rule, settings.rule).select(columns)
    texts = [name for name in channels.TEXTS if name in columns]
    return spill.split(rows, "DeviceName", texts, int(seen.rows["rows"].sum()))


def _summarise(
    export: read.Export,
    seen: _Seen,
    shards: Sequence[pl.LazyFrame],
    kept: Sequence[_Kept],
    settings: Settings,
) -> tuple[Summary, pl.DataFrame]:
    """The summary, and the account of every row that is not in a channel."""
    total = int(seen.rows["rows"].sum())
    gone = {reason: sum(k.dropped[reason] for k in kept) for reason in kept[0].dropped}
    rows = sum(k.rows for k in kept)
    repeated = coverage.repetition(pl.concat(map(_complete, shards)))
    unmatched = total - seen.faults.height - rows - sum(gone.values())
    summary = Summary(
        parts=export.parts,
        part_rows=tuple(seen.rows["rows"]),
        problems=export.problems,
        coverage=seen.coverage,
        capped=coverage.capped(repeated.collect(engine="streaming"), seen.coverage.hours["host"]),
        rows=total,
        kept=rows,
        faithful=sum(k.faithful for k in kept),
        strict=sum(k.strict for k in kept),
        only_extended=seen.only_extended["rows"].item(),
        only_extended_hosts=seen.only_extended["hosts"].item(),
        hosts=seen.coverage.hosts,
        first=seen.coverage.first,
        last=seen.coverage.last,
        settings=settings,
    )
    return summary, account({"not matched by the rule": unmatched, **gone}, seen.faults)


def _rows_behind(
    alerts: pl.DataFrame,
    shards: Sequence[pl.LazyFrame],
    rule: rules.Rule,
    settings: Settings,
    newest: datetime | None,
) -> pl.DataFrame:
    """The events of the alerts' channels, by alert and time."""
    named = alerts.select("alert_id", *channels.KEY)
    host = pl.col("DeviceName").cast(pl.String).fill_null("").str.to_lowercase()
    found = []
    for shard in shards:
        theirs = shard.filter(host.is_in(named["host"].implode())).collect()
        rows = rules.select(theirs, rule, settings.rule, newest).rows
        found.append(_complete(name_keys(rows).lazy()).collect().join(named, on=channels.KEY))
    return pl.concat(found).select("alert_id", *EVENTS).sort("alert_id", "Timestamp")


def _complete(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows with every event column, null where the source has none, and text as String."""
    have = rows.collect_schema()
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in EVENTS.items() if name not in have]
    return rows.with_columns(pl.selectors.categorical().cast(pl.String), *absent)


def _hourly(
    export: read.Export, seen: _Seen, timed: pl.DataFrame, names: pl.DataFrame
) -> pl.DataFrame:
    """What hourly aggregates, those without a name too, say of the channels."""
    if not seen.coverage.share("aggregated"):
        return hourly.none()
    rows = export.events.filter(channels.is_aggregated()).select("DeviceName", *hourly.COLUMNS)
    reports = hourly.hours(name_keys(rows.collect(engine="streaming")))
    named = hourly.name(reports, names, timed.select(channels.KEY).unique())
    return hourly.count(named, reports.select("host", "hour").unique())


def _recall(
    settings: Settings, services: pl.DataFrame, today: pl.DataFrame, summary: Summary
) -> pl.DataFrame:
    """What the history says of the channels; nothing where there is none."""
    span = rules.span(settings.rule, summary.first, summary.last)
    if settings.history.folder is None or span is None:
        return remembering.nothing()
    ledger = Ledger(settings.history.folder)
    return remembering.recall(ledger, services, today, span[0], settings.history)


def _hosts(seen: _Seen, summary: Summary) -> pl.DataFrame:
    """When each host was heard, what limits it, and whether a person works there.

    `host_attended` is null in every row where that is seen on fewer than half of the hosts, as in
    an export that holds the rule's rows alone.
    """
    attended = pl.col("host").is_in(seen.attended["host"].implode())
    return summary.coverage.devices.select(
        "host",
        "silent_hours",
        "heard_hours",
        host_first="first",
        host_last="last",
        is_capped=pl.col("host").is_in(summary.capped),
        host_attended=pl.when(attended.mean() >= 0.5).then(attended),
    )
