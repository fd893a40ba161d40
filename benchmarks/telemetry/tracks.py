"""The same true traffic as events, capped, as hourly aggregates, and as both: who is found."""

import polars as pl

from beacon import pipeline, simulate
from beacon.schema import KEY
from beacon.settings import Settings
from beacon.simulate import telemetry

FOUND = 2.0  # log10 Bayes factor


def views(day: pl.DataFrame) -> dict[str, pl.DataFrame]:
    capped = telemetry.cap(day)
    return {
        "every connection": day,
        "capped": capped,
        "aggregates only": telemetry.aggregate(day, named=True),
        "capped and aggregates": pl.concat([capped, telemetry.aggregate(day)]),
    }


def measure(seeds: list[int], hosts: int) -> pl.DataFrame:
    """One row a view: implant channels, found by timing, listed, called unknown, called none.

    `none_unobservable`: channels of any kind called none though telemetry hid their polls and
    showed no timer.
    """
    rows = []
    for seed in seeds:
        simulated = simulate.day(seed, hosts)
        truth = simulated.truth.select(*KEY, "label")
        for name, frame in views(simulated.events).items():
            result = pipeline.score(frame, Settings())
            scored = result.channels.join(truth, on=KEY, how="left")
            listed = pl.col("alert_id").is_in(result.alerts["alert_id"].implode())
            found = pl.col("timing_evidence") >= FOUND
            hidden = (
                pl.col("quality").list.eval(pl.element().str.contains("lower bound")).list.any()
                | (pl.col("track") != "event")
            ) & (pl.col("status") == "insufficient")
            implant, benign = (pl.col("label") == label for label in ("poller", "benign"))
            rows.append(
                scored.select(
                    view=pl.lit(name),
                    implants=implant.sum(),
                    timed=(implant & found).sum(),
                    listed=(implant & listed).sum(),
                    benign_timed=(benign & found).sum(),
                    **{
                        f"{who}_{severity}": (of & (pl.col("severity") == severity)).sum()
                        for who, of in (("implants", implant), ("benign", benign))
                        for severity in ("none", "unknown")
                    },
                    none_unobservable=(hidden & (pl.col("severity") == "none")).sum(),
                )
            )
    return pl.concat(rows).group_by("view", maintain_order=True).sum()
