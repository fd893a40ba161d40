"""Rule and grouping as one would write them first: row by row, on whole strings."""

import polars as pl

from beacon import channels, rules
from beacon.rules import match
from beacon.settings import RuleSettings

IDENTITY = ("DeviceName", "Timestamp", "ReportId")


def select(events: pl.DataFrame, rule: rules.Rule, settings: RuleSettings) -> pl.DataFrame:
    """The rows that the rule keeps, with its flags and terms."""
    coarse = match.keep(rule, "any" if settings.match == "any" else "faithful")
    inside = events.filter(coarse).filter(match.in_window(settings, events["Timestamp"].max()))
    once = inside.filter(pl.col("ReportId").is_null() | pl.struct(IDENTITY).is_first_distinct())
    return once.filter(match.keep(rule, settings.match)).with_columns(
        *match.flags(rule), *match.terms(rule, settings.match)
    )


def group(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Channels and, for each, its times and runs (a text, null where the source names none)."""
    host = rules.host_of(pl.col("RemoteUrl"))
    run = pl.coalesce(
        pl.when(pl.col("InitiatingProcessUniqueId") != "").then("InitiatingProcessUniqueId"),
        pl.format(
            "{}/{}",
            "InitiatingProcessId",
            pl.col("InitiatingProcessCreationTime").to_physical().fill_null(-1),
        ),
    )
    rows = rows.with_columns(
        host=pl.col("DeviceName").fill_null("").str.to_lowercase(),
        process=rules.base_name(pl.col("InitiatingProcessFileName")).str.to_lowercase(),
        domain=pl.when(host != "")
        .then(host)
        .otherwise(pl.col("RemoteIP").fill_null("").str.to_lowercase()),
        run=run,
        timed=channels.on_timeline(),
        aggregated=channels.is_aggregated(),
    )
    line = pl.col("InitiatingProcessCommandLine")
    frame = rows.group_by(channels.KEY).agg(
        pl.col("matched_domains").explode().drop_nulls().unique().sort(),
        pl.col("matched_process").max(),
        _distinct(pl.col("InitiatingProcessAccountName")).alias("accounts"),
        _distinct(pl.col("InitiatingProcessParentFileName").str.to_lowercase()).alias("parents"),
        line.filter(line != "").mode().min().alias("command_line"),
        pl.col("timed").sum().cast(pl.Int64).alias("events"),
        pl.col("aggregated").sum().cast(pl.Int64).alias("aggregated_rows"),
        pl.col("run").drop_nulls().n_unique().cast(pl.Int64).alias("instances"),
        pl.col("Timestamp").min().alias("first_seen"),
        pl.col("Timestamp").max().alias("last_seen"),
        pl.col("IsEncodedCmd").any().alias("is_encoded_cmd"),
        pl.col("IsScheduledOrService").any().alias("is_scheduled_or_service"),
        pl.col("IsScriptingHost").any().alias("is_scripting_host"),
        pl.col("SuspiciousParent").any().alias("suspicious_parent"),
    )
    timeline = rows.filter("timed").sort(*channels.KEY, "Timestamp")
    return frame.sort(channels.KEY), timeline.select(*channels.KEY, "Timestamp", "run")


def _distinct(column: pl.Expr) -> pl.Expr:
    return column.filter(column != "").unique().sort().head(20)
