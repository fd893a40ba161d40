"""Rows to channels, as the pipeline does it."""

import polars as pl
from events import frame

from beacon import channels, pipeline, rules
from beacon.settings import Settings


def grouped(rows: list[dict[str, object]], settings: Settings | None = None) -> channels.Channels:
    return group(frame(rows), settings or Settings())


def group(events: pl.DataFrame, settings: Settings) -> channels.Channels:
    rule = rules.load(settings.rule)
    candidates = rules.candidates(events.lazy(), rule, settings.rule).collect()
    newest = events["Timestamp"].max()
    kept = rules.select(candidates, rule, settings.rule, newest)
    return channels.group(kept.rows, pipeline.label(rule, settings))
