"""Simulated days as channels with the truth, kept on disk so that each is simulated once."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from beacon import evidence, pipeline, rules, simulate
from beacon.settings import Settings

KEY = ("host", "process", "domain")
TRUTH = ("label", "kind", "family", "campaign")


def day(seed: int, hosts: int, cache: Path | None = None, fresh: bool = True) -> pl.DataFrame:
    """Channels of one simulated day with every column that the terms read, and the truth.

    Args:
        seed: of the company and its day.
        hosts: machines.
        cache: folder that keeps the day; nothing is kept where None.
        fresh: judge a kept day by today's terms; its timing stays as it was when it was kept.
    """
    kept = cache / f"{hosts}-{seed}.parquet" if cache else None
    if kept is not None and kept.exists():
        frame = pl.read_parquet(kept)
        if not fresh:
            return frame
        return evidence.observe(
            frame, rules.load(Settings().rule).services, frame["fleet_hosts"][0]
        )
    simulated = simulate.day(seed, hosts=hosts)
    truth = simulated.truth.select(*KEY, *TRUTH)
    frame = (
        pipeline.observe(simulated.events, Settings())[0]
        .join(truth, on=KEY, how="left", maintain_order="left")
        .with_columns(seed=pl.lit(seed, pl.Int64))
    )
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(kept)
    return frame


def load(seeds: Iterable[int], hosts: int, cache: Path | None = None) -> pl.DataFrame:
    """All channels of several days."""
    return pl.concat([day(seed, hosts, cache) for seed in seeds], how="diagonal_relaxed")
