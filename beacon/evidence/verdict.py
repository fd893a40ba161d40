"""What an analyst said of this very channel before: evidence like any other, never deletion."""

import polars as pl

from beacon.evidence.term import Term, yes

_JUDGED = pl.col("verdict").is_not_null()
WEIGHT = 2.5
"""Not learned. Twelve to one: a slip of the pen costs a rank, not the case."""


def _judged(name: str, poller: bool, question: str, sign: int) -> Term:
    return Term(
        name,
        question,
        strength=yes(pl.col("verdict_is_poller").eq_missing(poller), _JUDGED),
        value=pl.format("{} by {}: {}", "verdict", "verdict_by", "verdict_reason"),
        sign=sign,
        bound=WEIGHT,
    )


TERMS = (
    _judged("judged a poller", True, "Did an analyst find this channel malicious?", 1),
    _judged("judged benign", False, "Did an analyst find this channel harmless?", -1),
)


def recall_verdicts(channels: pl.DataFrame, verdicts: pl.DataFrame | None) -> pl.DataFrame:
    """Add `verdict`, `verdict_is_poller`, `verdict_by` and `verdict_reason`; null where none.

    Args:
        channels: one row a channel, with `alert_id`.
        verdicts: one row an alert: alert_id, verdict, is_poller, analyst, reason.
    """
    if verdicts is None:
        return channels.with_columns(
            pl.lit(None, pl.String).alias("verdict"),
            pl.lit(None, pl.Boolean).alias("verdict_is_poller"),
            pl.lit(None, pl.String).alias("verdict_by"),
            pl.lit(None, pl.String).alias("verdict_reason"),
        )
    said = verdicts.select(
        "alert_id",
        "verdict",
        verdict_is_poller="is_poller",
        verdict_by="analyst",
        verdict_reason="reason",
    )
    return channels.join(said, on="alert_id", how="left", maintain_order="left")


def found_malicious() -> pl.Expr:
    """Whether the ledger (`evidence`) of a channel holds an analyst's finding of malice."""
    entry = pl.element().struct
    found = (entry.field("name") == TERMS[0].name) & (entry.field("state") == "fired")
    return pl.col("evidence").list.eval(found).list.any()
