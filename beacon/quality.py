"""What a channel's numbers can bear: status, track, and words on what limits them."""

import polars as pl

from beacon.schema import LONG_CONNECTION_SECONDS
from beacon.settings import TimingSettings

_LOOSE_SECONDS = 1200.0
_FEW_DAYS = 3


def describe(
    channels: pl.DataFrame, settings: TimingSettings, devices: pl.DataFrame
) -> pl.DataFrame:
    """Add `status`, `track`, `is_hidden` and `quality`.

    `is_hidden`: telemetry hides polls, and what is left shows no timer; that says nothing.

    Args:
        channels: one row a channel with events, polls, event_polls, aggregated_rows,
            hourly_hours, hourly_connections, long_connections, history_polls, history_days,
            history_pooled, daily_spread_seconds, timing_source, timing_evidence, parents,
            command_line, instances.
        settings: how many polls and hours are enough.
        devices: one row a host: heard_hours, silent_hours, is_capped.
    """
    pooled = pl.col("timing_source") == "pooled"
    days = pl.col("history_days")
    remembered = (pl.col("history_polls") >= settings.min_polls).fill_null(value=False)
    few_polls = (pl.col("event_polls") < settings.min_polls) & ~(pooled | remembered)
    hours = pl.col("hourly_hours").fill_null(0)
    counted = hours >= settings.min_hours
    aggregated = pl.col("aggregated_rows") > 0
    # Where beats are hidden, no timer found does not mean that there is none.
    long = (pl.col("long_connections") > 0).fill_null(value=False)
    hides = pl.col("is_capped").fill_null(value=False) | aggregated | long
    hidden = hides & ~counted & (few_polls | (pl.col("timing_evidence") <= 0))
    enough = ~(few_polls | hidden) | counted
    limited = channels.join(devices, on="host", how="left", maintain_order="left")
    return limited.with_columns(
        is_hidden=hidden,
        status=pl.when(enough).then(pl.lit("scored")).otherwise(pl.lit("insufficient")),
        track=pl.when(~aggregated)
        .then(pl.lit("event"))
        .when(pl.col("events") > 0)
        .then(pl.lit("mixed"))
        .otherwise(pl.lit("hourly")),
        quality=pl.concat_list(
            _note(few_polls, pl.format("{} polls: too few to judge timing", "event_polls")),
            _note(pooled, pl.lit("timed together with this program's other listed services")),
            _note(
                pl.col("timing_source") == "instance",
                pl.lit("timed by its most regular run: several interleave here"),
            ),
            _note(
                days.is_not_null(),
                pl.format("with {} polls on {} days of the history", "history_polls", days)
                + pl.when(pl.col("history_pooled"))
                .then(pl.lit(", over this program's listed services together"))
                .otherwise(pl.lit("")),
            ),
            _note(
                (pl.col("daily_spread_seconds") >= _LOOSE_SECONDS) & (days >= _FEW_DAYS),
                pl.format(
                    "once a day, at times that vary by {} h: so do people, and so does a daily "
                    "timer with jitter",
                    (pl.col("daily_spread_seconds") / 3600).round(1),
                ),
            ),
            _note(
                aggregated,
                pl.format(
                    "{} hourly aggregates count {} connections in {} whole hours; a period from "
                    "them assumes one connection a poll",
                    "aggregated_rows",
                    pl.col("hourly_connections").fill_null(0),
                    hours,
                ),
            ),
            _note(
                pl.col("is_capped"),
                pl.lit("device reports each set of values once a day: polls are a lower bound"),
            ),
            _note(
                long,
                pl.format(
                    "{} connections of {} s or more: polls inside them are not visible",
                    "long_connections",
                    pl.lit(round(LONG_CONNECTION_SECONDS)),
                ),
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
