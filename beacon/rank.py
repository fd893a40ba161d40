"""Stage 6: log-odds become a score, a severity, an order and stable names."""

import hashlib

import polars as pl

from beacon.schema import KEY, RESULT
from beacon.settings import RankSettings

_TECHNIQUES = {"down-only": "T1102.003", "up-seen": "T1102.002"}
"""MITRE ATT&CK by direction; where nobody saw which way data went, only Web Service is sure."""
_TOLD_BY_SOME = ("parent_command_line", "grandparents", "task", "task_period_seconds")


def order(channels: pl.DataFrame) -> pl.DataFrame:
    """Sort channels by `log_odds`, ties by host, process and domain, and add `rank`."""
    ordered = channels.sort(["log_odds", *KEY], descending=[True, False, False, False])
    return ordered.with_row_index("rank", offset=1)


def describe(ordered: pl.DataFrame, settings: RankSettings) -> pl.DataFrame:
    """Add score and severity; the result has `schema.RESULT`.

    Args:
        ordered: what `order` gives of channels with `is_hidden`, `alert_id` and every other result
            column; what only some sources tell (parents' parents, tasks) may be absent.
        settings: severity thresholds.
    """
    unknown = [field for field in RESULT if field.name in _TOLD_BY_SOME]
    technique = pl.col("direction").replace_strict(_TECHNIQUES, default="T1102")
    return (
        ordered.with_columns(
            pl.lit(None, field.dtype).alias(field.name)
            for field in unknown
            if field.name not in ordered.columns
        )
        .with_columns(score=logistic(pl.col("log_odds")))
        .with_columns(severity=_severity(settings), technique=technique)
        .select(pl.col(field.name).cast(field.dtype) for field in RESULT)
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
        .when("is_hidden")  # "none" would be a judgement on what nobody could see
        .then(pl.lit("unknown"))
        .otherwise(pl.lit("none"))
    )


def alert_ids(profile: str) -> pl.Expr:
    """48 bits of a hash of the channel's key: no collision to be expected below 10 million.

    Args:
        profile: the rule profile, part of the name.
    """

    def name(text: str) -> str:
        return hashlib.blake2s(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()

    key = pl.concat_str(pl.lit(profile), *KEY, separator="\0")
    return key.map_elements(name, return_dtype=pl.String)
