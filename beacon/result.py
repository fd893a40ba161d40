"""What a run gives back."""

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from beacon import read, weighing
from beacon.coverage import Coverage, Rows
from beacon.errors import InputError
from beacon.settings import Settings


@dataclass(frozen=True)
class Summary:
    """What a run saw; every count is of rows unless its name says otherwise.

    Attributes:
        part_rows: rows of each part, in the order of `parts`.
        coverage: when each device was heard, and what the export lacks.
        capped: hosts whose telemetry seems to report each set of field values once a day.
        named: rows without RemoteUrl that something beside them named.
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
    named: int
    only_extended: int
    only_extended_hosts: int
    hosts: int
    first: datetime | None
    last: datetime | None
    settings: Settings

    @property
    def day(self) -> date:
        """The last day of the export: what decides whether an allow entry has expired."""
        return self.last.date() if self.last else date.min


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

    def __repr__(self) -> str:
        """One line: a notebook would print every frame in it."""
        return (
            f"Result(channels={self.channels.height:,}, alerts={self.alerts.height:,}, "
            f"kept={self.summary.kept:,} of {self.summary.rows:,} rows)"
        )

    @property
    def alerts(self) -> pl.DataFrame:
        """The short list: the best channels within the budget that reach a severity.

        Allow entries act here; what an analyst found malicious is shown in any case.
        """
        return weighing.shortlist(self.channels, self.summary.settings, self.summary.day)

    @property
    def hidden(self) -> pl.DataFrame:
        """What allow entries keep off the short list: alert_id, and the number of the entry."""
        return weighing.hidden(self.channels, self.summary.settings, self.summary.day)


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


def account(counts: dict[str, int], faults: pl.DataFrame) -> pl.DataFrame:
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
