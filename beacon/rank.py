"""Stage 6: log-odds become a score, a severity, an order and stable names."""

import hashlib

import polars as pl

from beacon.schema import RESULT
from beacon.settings import RankSettings

_OWN = ("alert_id", "rank", "score", "severity")
_UNKNOWN = {"direction": "unknown", "benign_class": "", "technique": "T1102.003"}


def rank(channels: pl.DataFrame, settings: RankSettings, profile: str) -> pl.DataFrame:
    """Order channels by score, ties by host, process and domain; the result has `schema.RESULT`.

    Args:
        channels: one row a channel with `log_odds` and every other result column.
        settings: severity thresholds.
        profile: the rule profile, part of each alert's name.
    """
    key = ["host", "process", "domain"]
    return (
        channels.with_columns(score=logistic(pl.col("log_odds")))
        .sort(["log_odds", *key], descending=[True, False, False, False])
        .with_row_index("rank", offset=1)
        .with_columns(severity=_severity(settings), alert_id=alert_ids(profile))
        .select(
            pl.col(field.name).cast(field.dtype)
            if field.name in channels.columns or field.name in _OWN
            else pl.lit(_UNKNOWN.get(field.name), field.dtype).alias(field.name)
            for field in RESULT
        )
    )


def logistic(log_odds: pl.Expr) -> pl.Expr:
    """1 / (1 + exp(-x)): log-odds as a probability."""
    return 1 / (1 + (-log_odds).exp())


def _severity(settings: RankSettings) -> pl.Expr:
    score = pl.col("score")
    return (
        pl.when(score >= settings.critical_score)
        .then(pl.lit("critical"))
        .when(score >= settings.high_score)
        .then(pl.lit("high"))
        .when(score >= settings.medium_score)
        .then(pl.lit("medium"))
        .when(score >= settings.low_score)
        .then(pl.lit("low"))
        .otherwise(pl.lit("none"))
    )


def alert_ids(profile: str) -> pl.Expr:
    """48 bits of a hash of the channel's key: no collision to be expected below 10 million."""

    def name(key: dict[str, str]) -> str:
        text = "\0".join((profile, key["host"], key["process"], key["domain"]))
        return hashlib.blake2s(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()

    return pl.struct("host", "process", "domain").map_elements(name, return_dtype=pl.String)
