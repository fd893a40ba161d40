"""What reading gives: parts with their readable rows, their unreadable rows, and what to say."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import polars as pl

from beacon.errors import InputError
from beacon.schema import CONTEXT, EVENTS

FAULTS: dict[str, pl.DataType] = {
    "part": pl.String(),
    "line": pl.Int64(),
    "reason": pl.String(),
    "example": pl.String(),
}
"""Columns of the unreadable rows. `line` is null where a format has no lines."""

EXAMPLE_CHARACTERS = 200
"""Longest example of an unreadable row."""


class BadRow(NamedTuple):
    """A row that could not even be split into columns."""

    line: int
    reason: str
    example: str


@dataclass(frozen=True)
class Part:
    """One file, or one member of an archive.

    Attributes:
        name: as the user would name it, e.g. `exports/day.zip!day.json`.
        shape: the kind of export, e.g. `portal csv`; see `beacon.read.shapes`.
        events: readable rows, exactly the columns and types of `beacon.schema.EVENTS`.
        faults: unreadable rows, columns of `FAULTS`.
        rows: one row, one column `rows`: data rows in the part, readable or not.
        columns: the columns of `EVENTS` that this part provides; the others are null throughout.
        notes: what the reader assumed, left aside or found suspicious, a sentence each.
        context: what it says beside connections: frames of `schema.CONTEXT`.
        lacking: why no connection can come from it, where only its context can be used.
    """

    name: str
    shape: str
    events: pl.LazyFrame
    faults: pl.LazyFrame
    rows: pl.LazyFrame
    columns: frozenset[str]
    notes: tuple[str, ...] = ()
    context: Mapping[str, pl.LazyFrame] = field(default_factory=dict)
    lacking: InputError | None = None


@dataclass(frozen=True)
class Export:
    """Everything the user passed, as one.

    Attributes:
        parts: the parts that can be used, in the order given (a folder's files by name).
        problems: the inputs that cannot be used, each with its reason.
        led: what the readable rows of all parts go through, such as a count of them.
    """

    parts: tuple[Part, ...]
    problems: tuple[InputError, ...] = ()
    led: Callable[[pl.LazyFrame], pl.LazyFrame] | None = None

    @cached_property
    def events(self) -> pl.LazyFrame:
        """Readable rows of all parts."""
        frames = [part.events for part in self.parts]
        rows = pl.concat(frames) if frames else pl.LazyFrame(schema=EVENTS)
        return self.led(rows) if self.led else rows

    @cached_property
    def faults(self) -> pl.LazyFrame:
        """Unreadable rows of all parts."""
        frames = [part.faults for part in self.parts]
        return pl.concat(frames) if frames else pl.LazyFrame(schema=FAULTS)

    @cached_property
    def columns(self) -> frozenset[str]:
        """Columns of `EVENTS` that at least one part provides."""
        told = {"InitiatingProcessParentCommandLine"} if self.context("starts") is not None else ()
        return frozenset(told).union(*(part.columns for part in self.parts))

    def context(self, kind: str) -> pl.LazyFrame | None:
        """What all parts say of one kind of `schema.CONTEXT`; None where none says anything."""
        frames = [part.context[kind] for part in self.parts if kind in part.context]
        return pl.concat(frames).select(list(CONTEXT[kind])) if frames else None


def fault_frame(part: str, bad: Iterable[BadRow]) -> pl.LazyFrame:
    """Rows of `FAULTS`."""
    rows = [(part, line, reason, text[:EXAMPLE_CHARACTERS]) for line, reason, text in bad]
    return pl.LazyFrame(rows, schema=FAULTS, orient="row")
