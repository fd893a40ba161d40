"""Joins the stages: read -> rules -> channels -> timing -> evidence -> rank."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from beacon import channels, coverage, evidence, quality, rank, read, rules, timing
from beacon.coverage import Coverage, Rows
from beacon.errors import InputError
from beacon.schema import EVENTS
from beacon.settings import Settings

Source = str | Path | Sequence[str | Path] | pl.DataFrame | pl.LazyFrame
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Summary:
    """What a run saw; every count is of rows unless its name says otherwise.

    Attributes:
        part_rows: rows of each part, in the order of `parts`.
        coverage: when each device was heard, and what the export lacks.
        capped: hosts whose telemetry seems to report each set of field values once a day.
        only_extended: rows that the extended profile keeps and the seed profile does not, on
            `only_extended_hosts` hosts, before window and duplicates.
    """

    parts: tuple[read.Part, ...]
    part_rows: tuple[int, ...]
    problems: tuple[InputError, ...]
    coverage: Coverage
    capped: tuple[str, ...]
    rows: int
    kept: int
    faithful: int
    strict: int
    only_extended: int
    only_extended_hosts: int
    hosts: int
    first: datetime | None
    last: datetime | None
    settings: Settings


@dataclass(frozen=True)
class Result:
    """A scored export.

    Attributes:
        channels: one row a channel, `schema.RESULT`, best first.
        dropped: reason, part, rows, line, example: everything that is not in `channels`, and why.
        summary: counts and provenance.
        timeline: alert_id and the event columns of every row behind an alert, by alert and time.
    """

    channels: pl.DataFrame
    dropped: pl.DataFrame
    summary: Summary
    timeline: pl.DataFrame

    @property
    def alerts(self) -> pl.DataFrame:
        """The short list: the best channels within the budget whose severity is not 'none'."""
        return _alerts(self.channels, self.summary.settings)


@dataclass(frozen=True)
class Kept:
    """What the rule kept of an export, with the account of the rest."""

    rows: pl.DataFrame
    dropped: pl.DataFrame
    summary: Summary


@dataclass(frozen=True)
class Inspection:
    """What an export can show, before any rule.

    Attributes:
        parts, part_rows, problems, coverage, capped: as in `Summary`, over all rows.
        faults: reason, part, rows, line, example of the unreadable rows.
        rows: what the rows betray.
    """

    parts: tuple[read.Part, ...]
    part_rows: tuple[int, ...]
    problems: tuple[InputError, ...]
    faults: pl.DataFrame
    coverage: Coverage
    capped: tuple[str, ...]
    rows: Rows


def score(
    source: Source, settings: Settings | None = None, progress: Progress = lambda _: None
) -> Result:
    """The main job: an export in, ranked and explained channels out.

    Args:
        source: a file, folder or glob, several of them, or a frame of Defender columns.
        settings: thresholds; the defaults where None.
        progress: called with a few words as each stage begins.

    Raises:
        InputError: nothing in the source can be used.
    """
    settings = settings or Settings()
    progress("reading and filtering")
    kept = keep(source, settings)
    progress("grouping into channels")
    rows = kept.rows.with_columns(*key())
    grouped = channels.group(rows)
    progress(f"timing {grouped.frame.height:,} channels")
    timed = grouped.frame.hstack(_timing(grouped)).with_columns(channels.activity(grouped))
    progress("weighing the evidence")
    rule = rules.load(settings.rule)
    named = evidence.name_service(
        quality.describe(timed, settings.timing, _devices(kept)), rule.services
    )
    known = evidence.count_prevalence(named, kept.summary.hosts)
    weighed = evidence.weigh(known, settings.rank.base_rate)
    ranked = rank.rank(weighed, settings.rank, settings.rule.profile)
    alerts = _alerts(ranked, settings).select("alert_id", *channels.KEY)
    timeline = rows.join(alerts, on=channels.KEY).select("alert_id", *EVENTS)
    return Result(ranked, kept.dropped, kept.summary, timeline.sort("alert_id", "Timestamp"))


def keep(source: Source, settings: Settings) -> Kept:
    """Stages 1 and 2 alone: the rows the rule keeps, each once, with its flags and terms.

    Raises:
        InputError: nothing in the source can be used.
    """
    export = open_export(source, settings)
    try:
        return _keep(export, settings)
    except pl.exceptions.PolarsError:
        return _keep(read.set_damaged_aside(export), settings)


def _keep(export: read.Export, settings: Settings) -> Kept:
    selection = rules.select(export.events, list(EVENTS), rules.load(settings.rule), settings.rule)
    faults, rows, hours, repeated, between = pl.collect_all(
        [
            export.faults,
            pl.concat([part.rows for part in export.parts]),
            coverage.scan(export.events),
            coverage.repetition(selection.rows.lazy()),
            rules.between(export.events, settings.rule),
        ]
    )
    total = int(rows.sum().item() or 0)
    heard = Coverage(hours, coverage.missing(export.columns))
    gone = selection.dropped
    unmatched = total - faults.height - selection.rows.height - sum(gone.values())
    dropped = _account({"not matched by the rule": unmatched, **gone}, faults)
    summary = Summary(
        parts=export.parts,
        part_rows=tuple(rows["rows"]),
        problems=export.problems,
        coverage=heard,
        capped=tuple(coverage.capped(repeated)),
        rows=total,
        kept=selection.rows.height,
        faithful=selection.faithful,
        strict=selection.strict,
        only_extended=between["rows"].item(),
        only_extended_hosts=between["hosts"].item(),
        hosts=heard.hosts,
        first=heard.first,
        last=heard.last,
        settings=settings,
    )
    return Kept(selection.rows, dropped, summary)


def _alerts(ranked: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    return ranked.filter(pl.col("severity") != "none").head(settings.rank.budget)


def inspect(source: Source, settings: Settings) -> Inspection:
    """Look at an export without judging anyone.

    Raises:
        InputError: nothing in the source can be used.
    """
    export = open_export(source, settings)
    faults, rows, hours, repeated = pl.collect_all(
        [
            export.faults,
            pl.concat([part.rows for part in export.parts]),
            coverage.scan(export.events),
            coverage.repetition(export.events),
        ]
    )
    return Inspection(
        parts=export.parts,
        part_rows=tuple(rows["rows"]),
        problems=export.problems,
        faults=_account({}, faults),
        coverage=Coverage(hours, coverage.missing(export.columns)),
        capped=tuple(coverage.capped(repeated)),
        rows=coverage.examine(export.events),
    )


def open_export(source: Source, settings: Settings) -> read.Export:
    """The source as one export, whether it is named or in hand."""
    if isinstance(source, pl.DataFrame | pl.LazyFrame):
        return read.from_frame(source, settings.read)
    paths = [source] if isinstance(source, str | Path) else source
    return read.read(paths, settings.read)


def _account(counts: dict[str, int], faults: pl.DataFrame) -> pl.DataFrame:
    """One row a reason (and part, for unreadable rows), with the first example of it."""
    unreadable = faults.group_by("part", "reason", maintain_order=True).agg(
        rows=pl.len().cast(pl.Int64), line=pl.col("line").first(), example=pl.col("example").first()
    )
    named = pl.DataFrame(
        {"reason": list(counts), "rows": list(counts.values())},
        schema={"reason": pl.String, "rows": pl.Int64},
    ).filter(pl.col("rows") > 0)
    return pl.concat([named, unreadable], how="diagonal_relaxed").select(
        "reason", "rows", "part", "line", "example"
    )


def key() -> list[pl.Expr]:
    """Host, process and domain as they name a channel: lower case, an address for no name."""
    host = rules.host_of(pl.col("RemoteUrl"))
    return [
        pl.col("DeviceName").fill_null("").str.to_lowercase().alias("host"),
        rules.base_name(pl.col("InitiatingProcessFileName")).str.to_lowercase().alias("process"),
        pl.when(host != "").then(host).otherwise(pl.col("RemoteIP").fill_null("")).alias("domain"),
    ]


def _devices(kept: Kept) -> pl.DataFrame:
    """What limits every channel of a host, for `quality.describe`."""
    heard = kept.summary.coverage.devices.select("host", "silent_hours", "heard_hours")
    return heard.with_columns(is_capped=pl.col("host").is_in(kept.summary.capped))


def _timing(grouped: channels.Channels) -> pl.DataFrame:
    """The timer of each channel: its own, that of one of its runs, or one over several services.

    Only listed services are pooled: a program that rotates over dead drops, not one that browses.
    """
    listed = pl.col("matched_domains").list.len() > 0
    pools = grouped.frame.select(
        pl.when(listed).then(pl.struct("host", "process").rank("dense")).otherwise(-1)
    )
    found = timing.score_channels(
        grouped.times, grouped.offsets, grouped.instances, pools.to_series().to_numpy()
    )
    return timing.as_frame(found).rename({"evidence": "timing_evidence", "source": "timing_source"})
