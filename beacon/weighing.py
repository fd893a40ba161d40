"""Joins stages 3 to 6: kept rows -> channels -> timing -> evidence -> rank -> the short list."""

from datetime import date

import numpy as np
import polars as pl

from beacon import (
    allow,
    channels,
    evidence,
    history,
    hourly,
    quality,
    rank,
    remembering,
    rules,
    timing,
    verdicts,
)
from beacon.frames import address, in_values, on_distinct
from beacon.settings import Settings


def label(rule: rules.Rule, settings: Settings) -> channels.Label:
    """What adds the rule's flags and terms and the three key columns to rows."""
    return lambda rows: rules.label(name_keys(rows), rule, settings.rule)


def name_keys(rows: pl.DataFrame) -> pl.DataFrame:
    """Add host, process and domain as they name a channel: lower case, an address for no name."""
    host = pl.col("DeviceName").fill_null("").str.to_lowercase()
    process = rules.base_name(pl.col("InitiatingProcessFileName")).str.to_lowercase()
    rows = on_distinct(rows, "DeviceName", host.alias("host"))
    rows = on_distinct(rows, "InitiatingProcessFileName", process.alias("process"))
    rows = on_distinct(rows, "RemoteUrl", rules.host_of(pl.col("RemoteUrl")).alias("domain"))
    unnamed = address().fill_null("")
    return rows.with_columns(pl.when(pl.col("domain") != "").then("domain").otherwise(unnamed))


def addressed(rows: pl.DataFrame) -> pl.DataFrame:
    """Forget the address where there is a name: it would only multiply combinations of texts."""
    if rows["RemoteIP"].null_count() == rows.height:
        return rows
    (named,) = in_values(rows, "RemoteUrl", rules.host_of(pl.col("RemoteUrl")) != "")
    return rows.with_columns(pl.when(~named).then("RemoteIP").alias("RemoteIP"))


def time(rows: pl.DataFrame, label: channels.Label) -> pl.DataFrame:
    """Channels, whose `strand` is 0, and the strands inside them, with their timing.

    Args:
        rows: events that the rule kept, all rows of some hosts.
        label: as for `channels.group`.
    """
    whole, parts = channels.group(rows, label), channels.split(rows, label)
    drawn = _timed(whole, alone=False).with_columns(
        channels.activity(whole), strand=pl.lit(0, pl.Int64)
    )
    return pl.concat([drawn, _timed(parts, alone=True)], how="diagonal_relaxed")


def remembered(rows: pl.DataFrame) -> pl.DataFrame:
    """What a history keeps of rows with the channel key: connections at exact times."""
    if "ActionType" in rows.columns:
        rows = rows.filter(*in_values(rows, "ActionType", channels.on_timeline()))
    return history.channel_entries(rows)


def services(timed: pl.DataFrame) -> pl.DataFrame:
    """The key of each channel, its `service` (the shortest term that matched) and `first_seen`."""
    whole = timed.filter(pl.col("strand") == 0)
    return whole.select(*channels.KEY, "first_seen", service=evidence.shortest_first().list.first())


def observe(
    timed: pl.DataFrame,
    hosts: pl.DataFrame,
    settings: Settings,
    counted: pl.DataFrame | None = None,
    recalled: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Every column that the terms of evidence read.

    Args:
        timed: all channels and strands of an export.
        hosts: one row a host: host_first, host_last, host_attended; silent_hours, heard_hours and
            is_capped for `quality.describe`.
        settings: thresholds, lists and the verdict file.
        counted: what hourly aggregates say of the channels, see `hourly.count`.
        recalled: what the history says of the channels, see `remembering.recall`.
    """
    timed = hourly.combine(timed, hourly.none() if counted is None else counted)
    timed = remembering.combine(timed, remembering.nothing() if recalled is None else recalled)
    limits = hosts.select("host", "silent_hours", "heard_hours", "is_capped")
    seen = hosts.select("host", "host_first", "host_last", "host_attended")
    described = quality.describe(timed, settings.timing, limits)
    at_home = described.join(seen, on="host", how="left", maintain_order="left")
    file = settings.evidence.verdicts
    return evidence.observe(
        at_home.with_columns(alert_id=rank.alert_ids(settings.rule.profile)),
        rules.load(settings.rule).services,
        hosts.height,
        verdicts.read(file) if file else None,
    )


def weigh(observed: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """One row a channel, `schema.RESULT`, best first."""
    weights = evidence.shipped().with_log_odds(settings.evidence.weights)
    strength = evidence.strengths(observed)
    log_odds = evidence.log_odds(strength, settings.rank.base_rate, weights)
    ordered = rank.order(evidence.judge_by_worst(observed.with_columns(log_odds)))
    # Ledgers are most of a run's memory: made once, of rows that speak, in the order that stays.
    speaker = ordered["speaker"]
    ledgers = evidence.entries(observed[speaker], strength[speaker], weights)
    return rank.describe(ordered.with_columns(ledgers), settings.rank)


def shortlist(ranked: pl.DataFrame, settings: Settings, today: date) -> pl.DataFrame:
    """The best channels within the budget that reach a severity, less what is allowed.

    What an analyst found malicious is shown in any case.
    """
    off = hidden(ranked, settings, today)["alert_id"]
    reached = ~pl.col("severity").is_in(["none", "unknown"])
    wanted = reached & ~pl.col("alert_id").is_in(off.implode())
    within = wanted & (wanted.cum_sum() <= settings.rank.budget)
    return ranked.filter(within | evidence.found_malicious())


def hidden(ranked: pl.DataFrame, settings: Settings, today: date) -> pl.DataFrame:
    """What allow entries keep off the short list: alert_id, and the number of the entry."""
    found = allow.hidden(ranked, settings.allow.entry, today)
    malicious = ranked.filter(evidence.found_malicious())["alert_id"]
    return found.filter(~pl.col("alert_id").is_in(malicious.implode()))


def _timed(grouped: channels.Channels, *, alone: bool) -> pl.DataFrame:
    """The timer of each channel: its own, that of one of its runs, or one over several services.

    Only listed services are pooled: a program that rotates over dead drops, not one that browses.
    A strand stands alone, as its channel is in the pool already.
    """
    listed = pl.col("matched_domains").list.len() > 0
    pools = grouped.frame.select(
        pl.when(listed).then(pl.struct("host", "process").rank("dense")).otherwise(-1)
    )
    with timing.on_one_thread():
        found = timing.score_channels(
            grouped.times,
            grouped.offsets,
            grouped.instances,
            np.full(grouped.frame.height, -1) if alone else pools.to_series().to_numpy(),
        )
    named = timing.as_frame(found).rename(
        {"evidence": "timing_evidence", "source": "timing_source"}
    )
    return grouped.frame.hstack(named)
