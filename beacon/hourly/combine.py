"""Two witnesses of the same traffic: exact times, and counts of hours."""

import polars as pl

from beacon.frames import even_mixture
from beacon.hourly.statistic import FEWEST_HOURS
from beacon.schema import KEY

_FEWEST_POLLS = 3


def combine(timed: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    """Let the hourly counts speak where they can, beside the timeline or instead of it.

    The witnesses saw the same connections, so their factors are not multiplied: where both speak
    the evidence is that of an even mixture, log10((10^a + 10^b) / 2), and the p-value twice the
    smaller. Period and jitter come from the one with more evidence.

    Args:
        timed: channels with timing_evidence, p_value, period_seconds, jitter_fraction, polls,
            aggregated_rows, strand.
        counted: what `reports.count` gives.

    Returns:
        `timed` with these columns revised, `event_polls` (the polls of the timeline; `polls` is
        the number of connections where the reports count more), and the `hourly_...` columns,
        null where a channel has no aggregates.
    """
    both = timed.join(counted, on=KEY, how="left", maintain_order="left")
    # Reports name no run of a program: they speak of channels, not of the strands inside them.
    counts = (pl.col("hourly_hours").fill_null(0) >= FEWEST_HOURS) & (pl.col("strand") == 0)
    times = pl.col("polls") >= _FEWEST_POLLS
    a, b = pl.col("timing_evidence"), pl.col("hourly_evidence")
    mixture = even_mixture(a, b)
    smaller = pl.min_horizontal("p_value", "hourly_p_value")

    def choose(neither: pl.Expr, alone: pl.Expr, together: pl.Expr) -> pl.Expr:
        return pl.when(~counts).then(neither).when(times).then(together).otherwise(alone)

    better = pl.when(b > a)
    return both.with_columns(
        timing_evidence=choose(a, b, mixture),
        p_value=choose(
            pl.col("p_value"), pl.col("hourly_p_value"), (2 * smaller).clip(upper_bound=1.0)
        ),
        **{
            name: choose(
                pl.col(name),
                pl.col(f"hourly_{name}"),
                better.then(pl.col(f"hourly_{name}")).otherwise(pl.col(name)),
            )
            for name in ("period_seconds", "jitter_fraction")
        },
        event_polls="polls",
        polls=pl.max_horizontal("polls", pl.col("hourly_connections").fill_null(0)),
        aggregated_rows=pl.max_horizontal("aggregated_rows", pl.col("hourly_reports").fill_null(0)),
    )
