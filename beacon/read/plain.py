"""What the texts of a table plainly say, beside them: numbers and times that no pass parses again.

A text whose number or time is plain gives way to it: the few that are left are those to look at.
The rows' own times keep their text, as an unreadable one is shown.
"""

from collections import Counter
from collections.abc import Mapping

import polars as pl

from beacon.read.times import Clock, is_common, parse_common
from beacon.schema import EVENTS

PARSED = "beacon:parsed"
"""The rows' times, read in the one common form."""
ALIKE = "beacon:alike"
"""Whether a row's time is written as nearly all are, so that its form needs no second look."""


def plain_column(name: str) -> str:
    """The column of what a canonical column plainly says; null where its text is still there."""
    return f"beacon:plain:{name}"


def plain_names(located: Mapping[str, str], schema: pl.Schema) -> frozenset[str]:
    """The canonical names that have such a column: numbers and times from a text all their own."""
    used = Counter(located.values())
    return frozenset(
        name
        for name, column in located.items()
        if name != "Timestamp"
        and EVENTS[name] != pl.String
        and schema[column] == pl.String
        and used[column] == 1
    )


def with_plain(frame: pl.LazyFrame, located: Mapping[str, str]) -> pl.LazyFrame:
    """The table with `PARSED`, `ALIKE` and the columns of `plain_column`.

    Args:
        frame: a table of text.
        located: canonical name -> column.
    """
    names = sorted(plain_names(located, frame.collect_schema()))
    time = pl.col(located["Timestamp"])
    is_alike = is_common(time)
    quick = pl.when(is_alike).then(parse_common(time))
    slow = Clock().parse(pl.when(quick.is_null()).then(time))
    said = [_said(name, pl.col(located[name])).alias(plain_column(name)) for name in names]
    left = [
        pl.when(pl.col(plain_column(name)).is_null()).then(located[name]).alias(located[name])
        for name in names
    ]
    return frame.with_columns(
        *said, pl.coalesce(quick, slow).alias(PARSED), is_alike.alias(ALIKE)
    ).with_columns(left)


def _said(name: str, text: pl.Expr) -> pl.Expr:
    target = EVENTS[name]
    if isinstance(target, pl.Datetime):
        return Clock().parse(text, "us")
    return text.cast(target, strict=False)
