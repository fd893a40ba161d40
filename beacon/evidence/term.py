"""One piece of evidence: a question put to a channel, and how its answer moves the log-odds."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Term:
    """A named question.

    Attributes:
        name: stable identifier, as it stands in every ledger.
        question: what it asks, for the reader of a ledger.
        strength: how far the answer is yes, 0 to 1; null: the data cannot say.
        value: what was seen, in words.
        sign: 1 where a yes can only raise suspicion, -1 where it can only lower it.
        bound: the most log-odds that it may weigh, whatever is learned; 3.5 is thirty to one.
        least: the least, for what simulated days cannot teach and any analyst would count.
        presumed: log-odds that an analyst would give it before any data; learning starts there.
    """

    name: str
    question: str
    strength: pl.Expr
    value: pl.Expr
    sign: int
    bound: float = 3.5
    least: float = 0.0
    presumed: float = 0.5


def known(column: str) -> pl.Expr:
    """A list column that holds something; an empty list means that the source does not say."""
    return pl.col(column).list.len() > 0


def any_in(column: str, names: Iterable[str]) -> pl.Expr:
    """Some entry of a list column is one of the names."""
    return pl.col(column).list.eval(pl.element().is_in(sorted(names))).list.any()


def all_in(column: str, names: Iterable[str]) -> pl.Expr:
    """Every entry of a list column, and at least one, is one of the names."""
    return known(column) & pl.col(column).list.eval(pl.element().is_in(sorted(names))).list.all()


def any_like(column: str, pattern: str) -> pl.Expr:
    """Some entry of a list column contains the pattern."""
    return pl.col(column).list.eval(pl.element().str.contains(pattern)).list.any()


def all_like(column: str, pattern: str) -> pl.Expr:
    """Every entry of a list column, and at least one, contains the pattern."""
    return known(column) & pl.col(column).list.eval(pl.element().str.contains(pattern)).list.all()


def yes(test: pl.Expr, where: pl.Expr | bool = True) -> pl.Expr:
    """1 or 0, null where the data cannot say."""
    return pl.when(where).then(test.cast(pl.Float64))


def ramp(value: pl.Expr, low: float, high: float) -> pl.Expr:
    """0 up to `low`, 1 from `high` on, a line between."""
    return ((value - low) / (high - low)).clip(0.0, 1.0)


def listed(column: str) -> pl.Expr:
    """The entries of a list column, for a sentence."""
    return pl.col(column).list.head(3).list.join(", ")
