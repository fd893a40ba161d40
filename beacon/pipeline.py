"""Joins the stages: read -> rules -> channels -> timing -> evidence -> rank."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from beacon import channels, evidence, quality, rank, read, rules, timing
from beacon.errors import InputError
from beacon.schema import EVENTS
from beacon.settings import Settings

Source = str | Path | Sequence[str | Path] | pl.DataFrame | pl.LazyFrame
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Summary:
    """What a run saw; every count is of rows unless its name says otherwise."""

    parts: tuple[read.Part, ...]
    problems: tuple[InputError, ...]
    rows: int
    kept: int
    faithful: int
    strict: int
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
    """

    channels: pl.DataFrame
    dropped: pl.DataFrame
    summary: Summary

    @property
    def alerts(self) -> pl.DataFrame:
        """The short list: the best channels within the budget whose severity is not 'none'."""
        budget = self.summary.settings.rank.budget
        return self.channels.filter(pl.col("severity") != "none").head(budget)


@dataclass(frozen=True)
class Kept:
    """What the rule kept of an export, with the account of the rest."""

    rows: pl.DataFrame
    dropped: pl.DataFrame
    summary: Summary


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
    grouped = channels.group(kept.rows.with_columns(*key()))
    progress(f"timing {grouped.frame.height:,} channels")
    timed = grouped.frame.hstack(_timing(grouped)).with_columns(channels.activity(grouped))
    progress("weighing the evidence")
    rule = rules.load(settings.rule)
    named = evidence.name_service(quality.describe(timed, settings.timing), rule.services)
    known = evidence.count_prevalence(named, kept.summary.hosts)
    weighed = evidence.weigh(known, settings.rank.base_rate)
    ranked = rank.rank(weighed, settings.rank, settings.rule.profile)
    return Result(ranked, kept.dropped, kept.summary)


def keep(source: Source, settings: Settings) -> Kept:
    """Stages 1 and 2 alone: the rows the rule keeps, each once, with its flags and terms."""
    export = _read(source, settings)
    selection = rules.select(export.events, list(EVENTS), rules.load(settings.rule), settings.rule)
    faults, rows, hosts, span = pl.collect_all(
        [
            export.faults,
            pl.concat([part.rows for part in export.parts]).sum(),
            export.events.select(pl.col("DeviceName").str.to_lowercase().n_unique()),
            export.events.select(first=pl.col("Timestamp").min(), last=pl.col("Timestamp").max()),
        ]
    )
    total = int(rows.item() or 0)
    gone = selection.dropped
    unmatched = total - faults.height - selection.rows.height - sum(gone.values())
    dropped = _account({"not matched by the rule": unmatched, **gone}, faults)
    summary = Summary(
        parts=export.parts,
        problems=export.problems,
        rows=total,
        kept=selection.rows.height,
        faithful=selection.faithful,
        strict=selection.strict,
        hosts=int(hosts.item()),
        first=span["first"].item(),
        last=span["last"].item(),
        settings=settings,
    )
    return Kept(selection.rows, dropped, summary)


def _read(source: Source, settings: Settings) -> read.Export:
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


def _timing(grouped: channels.Channels) -> pl.DataFrame:
    return timing.score(grouped.times, grouped.offsets).rename({"evidence": "timing_evidence"})
