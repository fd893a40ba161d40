"""One piece of evidence: a question put to a channel, and how its answer moves the log-odds."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Term:
    """A named question.

    Attributes:
        name: stable identifier, as it stands in every ledger.
        question: what it asks, for the reader of a ledger.
        strength: how far the answer is yes, usually 0 to 1; null: the data cannot say.
        value: what was seen, in words.
    """

    name: str
    question: str
    strength: pl.Expr
    value: pl.Expr
