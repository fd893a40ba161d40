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
    """One row a view: implant channels, found by timing, on the short list, hidden as 'none'."""
    rows = []
    for seed in seeds:
        simulated = simulate.day(seed, hosts)
        truth = simulated.truth.select(*KEY, "label")
        for name, frame in views(simulated.events).items():
            result = pipeline.score(frame, Settings())
            scored = result.channels.join(truth, on=KEY, how="left")
            listed = pl.col("alert_id").is_in(result.alerts["alert_id"].implode())
            found = pl.col("timing_evidence") >= FOUND
            nothing = (pl.col("severity") == "none") & (pl.col("status") == "scored")
            capped = pl.Series([any("lower bound" in q for q in n) for n in scored["quality"]])
            implant, benign = (pl.col("label") == label for label in ("poller", "benign"))
            rows.append(
                scored.with_columns(capped=capped).select(
                    view=pl.lit(name),
                    implants=implant.sum(),
                    timed=(implant & found).sum(),
                    listed=(implant & listed).sum(),
                    benign_timed=(benign & found).sum(),
                    # Only seen in part, no timer seen, and yet judged.
                    none_unobservable=(
                        implant & nothing & pl.col("capped") & (pl.col("timing_evidence") <= 0)
                        & (pl.col("track") == "event")
                    ).sum(),
                )
            )  # fmt: skip
    return pl.concat(rows).group_by("view", maintain_order=True).sum()
