"""When each device was heard, and which columns nobody sent."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import polars as pl

COSTS: dict[str, str] = {
    "RemoteUrl": "services match by inspected requests and DNS answers at most, else --match any",
    "ActionType": "failed, accepted and aggregated connections all count as polls",
    "RemoteIP": "hourly aggregates without a name cannot be joined to one",
    "InitiatingProcessCommandLine": "encoded commands and command lines are not observable",
    "InitiatingProcessParentFileName": "parents (scheduled, Office, prevalence) are not observable",
    "InitiatingProcessParentCommandLine": "a parent's command line is not observable",
    "InitiatingProcessFolderPath": "the program's place on disk is not observable",
    "InitiatingProcessId": "runs of a program cannot be told apart",
    "InitiatingProcessAccountName": "accounts are not observable",
    "InitiatingProcessVersionInfoOriginalFileName": "a renamed program is not observable",
    "ReportId": "repeated rows cannot be told from repeated connections",
    "AdditionalFields": "counts of hourly aggregates and inspected requests are not observable",
}
"""Column of `schema.EVENTS` -> what its absence costs."""


@dataclass(frozen=True)
class Coverage:
    """When each device was heard.

    Attributes:
        hours: one row a (host, hour) with any row: `rows`, and of these `aggregated` and
            `inspected`; `first` and `last` Timestamp. Sorted.
        missing: columns that no part provides, in the order of `COSTS`.
    """

    hours: pl.DataFrame
    missing: tuple[str, ...]

    @property
    def hosts(self) -> int:
        """Devices heard at all."""
        return self.hours["host"].n_unique()

    @property
    def first(self) -> datetime | None:
        """The earliest Timestamp."""
        return _moment(self.hours["first"].min())

    @property
    def last(self) -> datetime | None:
        """The latest Timestamp."""
        return _moment(self.hours["last"].max())

    def share(self, kind: str) -> float:
        """Share of rows that are `aggregated` or `inspected`."""
        return float(self.hours[kind].sum()) / max(float(self.hours["rows"].sum()), 1.0)

    @property
    def devices(self) -> pl.DataFrame:
        """One row a host: rows, first, last, heard_hours, silent_hours, longest_gap_hours.

        An hour between the first and the last is silent if no row lies in it.
        """
        gap = (pl.col("hour").diff().dt.total_minutes() / 60).max().fill_null(1.0) - 1
        heard = pl.col("hour").n_unique().cast(pl.Int64)
        spanned = (pl.col("hour").max() - pl.col("hour").min()).dt.total_hours() + 1
        return self.hours.group_by("host", maintain_order=True).agg(
            pl.col("rows").sum(),
            pl.col("first").min(),
            pl.col("last").max(),
            heard_hours=heard,
            silent_hours=spanned - heard,
            longest_gap_hours=gap,
        )


def missing(provided: Collection[str]) -> tuple[str, ...]:
    """The columns worth a sentence that no part provides."""
    return tuple(column for column in COSTS if column not in provided)


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None
