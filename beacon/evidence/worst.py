"""A channel is judged by its most suspicious part, so that company does not excuse an implant.

Where its strands are most of it, only they are judged: the whole would join the timer of one
program with the rarity of another.
"""

from collections.abc import Sequence

import polars as pl

from beacon.schema import KEY

_OF_THE_PART = (
    "timing_evidence", "period_seconds", "jitter_fraction", "coverage", "command_line", "decoded",
    "direction", "benign_class", "prevalence_hosts", "template_hosts", "log_odds",
)  # fmt: skip


_MOST = 0.6
"""Share of a channel's connections that its strands must hold to speak for it alone."""


def speakers(rows: pl.DataFrame, key: Sequence[str] = KEY) -> pl.DataFrame:
    """The rows that may speak for their channel: its strands, and itself where they are too little.

    Args:
        rows: channels (`strand` 0) and their strands, with `events`.
        key: what names a channel.
    """
    in_strands = pl.col("events").filter(pl.col("strand") > 0).sum().over(key)
    in_all = pl.col("events").filter(pl.col("strand") == 0).sum().over(key)
    return rows.filter((pl.col("strand") > 0) | (in_strands == 0) | (in_strands < _MOST * in_all))


def worst(weighed: pl.DataFrame) -> pl.DataFrame:
    """One row a channel: whichever of its `speakers` weighs most, worst first."""
    rows = weighed.select(*KEY, "strand", "events", "log_odds").with_row_index("row")
    # A strand must be worse than the whole, not as bad: ties belong to the channel.
    ordered = speakers(rows).sort(
        "log_odds", -pl.col("strand"), descending=True, maintain_order=True
    )
    return weighed[ordered.unique(KEY, keep="first", maintain_order=True)["row"]]


def judge_by_worst(weighed: pl.DataFrame) -> pl.DataFrame:
    """One row a channel: its own counts, and what whichever part weighs most says.

    Args:
        weighed: channels (`strand` 0) and their strands, with `log_odds`.

    Returns:
        The channels, each with `speaker`, the row of `weighed` that speaks for it; where a strand
        decided, `quality` says which and how much of the channel it is.
    """
    chosen = worst(weighed.with_row_index("speaker")).select(
        *KEY,
        *(pl.col(name).alias(f"part {name}") for name in ("strand", "events", "parents")),
        *_OF_THE_PART,
        "speaker",
    )
    whole = weighed.filter(pl.col("strand") == 0).drop(_OF_THE_PART)
    note = pl.format(
        "judged by a part of it: {} of {} connections, parent {}",
        "part events",
        "events",
        pl.col("part parents").list.join(", "),
    )
    return (
        whole.join(chosen, on=KEY, how="left", maintain_order="left")
        .with_columns(
            quality=pl.when(pl.col("part strand") > 0)
            .then(pl.concat_list("quality", note))
            .otherwise("quality")
        )
        .drop("part strand", "part events", "part parents")
    )
