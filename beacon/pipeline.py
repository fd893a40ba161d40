"""Joins the stages: read -> rules -> channels -> timing -> evidence -> rank."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

import polars as pl

from beacon import channels, context, coverage, gather, hourly, read, rules, spill, weighing
from beacon.coverage import Coverage
from beacon.gather import Seen
from beacon.history import Ledger
from beacon.inspection import Source, inspect, open_export, sound
from beacon.progress import Progress, silent, watched
from beacon.result import Inspection, Kept, Result, Summary
from beacon.schema import EVENTS, REQUIRED
from beacon.settings import Settings
from beacon.weighing import label, name_keys

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
        seen = _beside(export, _look(export, settings), settings)
        with _shards(export, seen, rules.load(settings.rule), settings) as shards:
            return _observe(export, seen, shards, settings, silent)[:2]

    return sound(source, settings, work)


def _score(export: read.Export, settings: Settings, progress: Progress) -> Result:
    rule = rules.load(settings.rule)
    seen = _beside(export, _look(export, settings, progress), settings)
    read_again = watched(export, "filtering rows", sum(seen.rows), progress)
    with _shards(read_again, seen, rule, settings) as shards:
        observed, summary, dropped, entries = _observe(export, seen, shards, settings, progress)
        ranked = weighing.weigh(observed, settings)
        alerts = weighing.shortlist(ranked, settings, summary.day)
        theirs = _of_hosts(alerts["host"])
        some = (shard.filter(theirs).collect() for shard in shards)
        timeline = gather.rows_behind(alerts, some, settings, seen.newest, seen.beside)
    gather.record(entries, seen, summary, settings)
    return Result(ranked, dropped, summary, timeline)


def _observe(
    export: read.Export,
    seen: Seen,
    shards: Sequence[pl.LazyFrame],
    settings: Settings,
    progress: Progress,
) -> tuple[pl.DataFrame, Summary, pl.DataFrame, pl.DataFrame]:
    """Stages 2 to 5 shard by shard, the account of the rows, and what a history would keep."""
    rule = rules.load(settings.rule)
    parts = []
    progress("scoring parts", 0, len(shards) + 1)  # the last is all channels together
    for number, shard in enumerate(shards, start=1):
        some, named = context.attach(shard.collect(), seen.beside)
        selection = rules.select(some, rule, settings.rule, seen.newest)
        parts.append(gather.find(selection, rule, settings, seen.beside, named))
        progress("scoring parts", number, len(shards) + 1)
    found = gather.together(parts)
    summary, dropped = _summarise(export, seen, shards, found.counts, settings)
    reports = None
    if seen.coverage.share("aggregated"):
        rows = export.events.filter(channels.is_aggregated()).select("DeviceName", *hourly.COLUMNS)
        reports = hourly.hours(name_keys(rows.collect(engine="streaming")))
    observed, today = gather.observe(found, seen, summary, settings, reports)
    return observed, summary, dropped, today


def _keep(export: read.Export, settings: Settings, progress: Progress) -> Kept:
    rule = rules.load(settings.rule)
    seen = _look(export, settings, progress)
    read_again = watched(export, "filtering rows", sum(seen.rows), progress)
    candidates = rules.candidates(read_again.events, rule, settings.rule).collect(
        engine="streaming"
    )
    selection = rules.select(candidates, rule, settings.rule, seen.newest)
    counts = gather.count(selection)
    summary, dropped = _summarise(export, seen, [candidates.lazy()], counts, settings)
    rows = context.with_parents(selection.rows, export.context("starts")).drop("grandparent")
    return Kept(rules.label(rows, rule, settings.rule), dropped, summary)


def _look(export: read.Export, settings: Settings, progress: Progress = silent) -> Seen:
    every = watched(export, "reading rows", 0, progress).events
    hours = coverage.scan(every, export.columns)
    rows, faults, newest, between, attended = pl.collect_all(
        [
            pl.concat([part.rows for part in export.parts]),
            export.faults,
            rules.newest(export.events, settings.rule),
            rules.between(export.events, settings.rule),
            channels.attended(export.events),
        ],
        # Shared, they would read what each of them can leave unread.
        optimizations=pl.QueryOptFlags(comm_subplan_elim=False),
    )
    heard = Coverage(hours, coverage.missing(export.columns))
    return Seen(tuple(rows["rows"]), faults, heard, newest.item(), between, attended)


def _beside(export: read.Export, seen: Seen, settings: Settings) -> Seen:
    """With what stands beside the connections that the rule wants."""
    found = context.gather(
        export.events,
        export.context,
        rules.is_wanted(rules.load(settings.rule), settings.rule),
        has_inspected=seen.coverage.share("inspected") > 0,
    )
    return seen._replace(beside=found)


def _shards(
    export: read.Export, seen: Seen, rule: rules.Rule, settings: Settings
) -> AbstractContextManager[list[pl.LazyFrame]]:
    """The rows that the rule may keep, with the columns that the source has and the key needs."""
    wanted = export.columns | {*REQUIRED, "RemoteUrl", "RemoteIP"}
    columns = [name for name in EVENTS if name in wanted]
    may_be_named = context.may_be_named(seen.beside)
    rows = rules.candidates(export.events, rule, settings.rule, may_be_named).select(columns)
    texts = [name for name in channels.TEXTS if name in columns]
    return spill.split(rows, "DeviceName", texts, sum(seen.rows))


def _summarise(
    export: read.Export,
    seen: Seen,
    shards: Sequence[pl.LazyFrame],
    counts: pl.DataFrame,
    settings: Settings,
) -> tuple[Summary, pl.DataFrame]:
    repeated = coverage.repetition(pl.concat(map(gather.complete, shards)))
    return gather.summarise(export, seen, counts, repeated.collect(engine="streaming"), settings)


def _of_hosts(hosts: pl.Series) -> pl.Expr:
    """A test of the device: one of the hosts."""
    host = pl.col("DeviceName").cast(pl.String).fill_null("").str.to_lowercase()
    return host.is_in(hosts.implode())
