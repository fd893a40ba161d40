"""What a channel's numbers can bear: status, track, coverage, and words on what limits them."""

import polars as pl

from beacon.settings import TimingSettings


def describe(
    channels: pl.DataFrame, settings: TimingSettings, devices: pl.DataFrame
) -> pl.DataFrame:
    """Add `status`, `track`, `coverage` and `quality`.

    Args:
        channels: one row a channel with events, polls, aggregated_rows, period_seconds,
            first_seen, last_seen, parents, command_line, instances.
        settings: how many polls are enough.
        devices: one row a host: heard_hours, silent_hours, is_capped.
    """
    enough = pl.col("polls") >= settings.min_polls
    aggregated = pl.col("aggregated_rows") > 0
    span = (pl.col("last_seen") - pl.col("first_seen")).dt.total_nanoseconds() / 1e9
    expected = span / pl.col("period_seconds") + 1
    limited = channels.join(devices, on="host", how="left", maintain_order="left")
    return limited.with_columns(
        status=pl.when(enough).then(pl.lit("scored")).otherwise(pl.lit("insufficient")),
        track=pl.when(~aggregated)
        .then(pl.lit("event"))
        .when(pl.col("events") > 0)
        .then(pl.lit("mixed"))
        .otherwise(pl.lit("hourly")),
        coverage=(pl.col("polls") / expected).clip(0.0, 1.0),
        quality=pl.concat_list(
            _note(~enough, pl.format("{} polls: too few to judge timing", "polls")),
            _note(
                aggregated,
                pl.format("{} hourly aggregate rows are not on the timeline", "aggregated_rows"),
            ),
            _note(
                pl.col("is_capped"),
                pl.lit("device reports each set of values once a day: polls are a lower bound"),
            ),
            _note(
                pl.col("silent_hours") > 0,
                pl.format(
                    "no row at all from the device in {} of {} hours",
                    "silent_hours",
                    pl.col("silent_hours") + pl.col("heard_hours"),
                ),
            ),
            _note(pl.col("parents").list.len() == 0, pl.lit("parent process not observable")),
            _note(pl.col("command_line").is_null(), pl.lit("command line not observable")),
            _note(pl.col("instances") == 0, pl.lit("process instance not observable")),
        ).list.drop_nulls(),
    )


def _note(applies: pl.Expr, text: pl.Expr) -> pl.Expr:
    return pl.when(applies).then(text)
