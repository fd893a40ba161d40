"""The same days as Zeek logs them: do bytes give the direction, and where do channels rank?"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from beacon import pipeline, simulate
from beacon.result import Result
from beacon.schema import KEY
from beacon.settings import RuleSettings, Settings
from beacon.simulate import Simulated, zeek

ANY = Settings(rule=RuleSettings(match="any"))
SIZES = {3: "below 1 kB", 4: "1 to 10 kB", 5: "10 to 100 kB", 6: "more"}
_HOST = pl.col("DeviceName").str.to_lowercase()


def directions(seeds: Sequence[int], hosts: int) -> pl.DataFrame:
    """Channels by what they do and by content a connection, with the direction they are given."""
    found = []
    for seed in seeds:
        day = simulate.day(seed, hosts)
        with tempfile.TemporaryDirectory() as folder:
            zeek.write(Path(folder), day)
            scored = pipeline.score([folder], ANY).channels
        found.append(expected(day).join(scored, on=["host", "domain"], how="inner"))
    size = pl.col("content").log10().floor().cast(pl.Int64) + 1
    return (
        pl.concat(found)
        .group_by("way", size=size)
        .agg(
            pl.len().alias("channels"),
            *(
                (pl.col("direction") == way).sum().alias(way)
                for way in ("down-only", "up-seen", "unknown")
            ),
        )
        .sort("way", "size")
        .with_columns(pl.col("size").replace_strict(SIZES).alias("content"))
        .select("way", "content", "channels", "down-only", "up-seen", "unknown")
    )


def expected(day: Simulated) -> pl.DataFrame:
    """What each pair of an address and a name does: it sends where any of its programs does."""
    named = zeek.ways(day.truth).join(addresses(day), on="host").drop("host")
    sends = (pl.col("way") == "sends").any()
    most = pl.col("content").filter((pl.col("way") == "sends") == sends).max()
    return named.group_by(host="address", domain="domain").agg(
        way=pl.when(sends).then(pl.lit("sends")).otherwise(pl.lit("reads")),
        content=most,
        is_implant=(pl.col("label") == "poller").any(),
    )


def addresses(day: Simulated) -> pl.DataFrame:
    return day.events.group_by(host=_HOST).agg(address=pl.col("LocalIP").first())


def mixed(seeds: Sequence[int], hosts: int) -> pl.DataFrame:
    """Half of each company seen by Defender, the other half by Zeek alone: who ranks where."""
    rows = []
    for seed, day, result in _halves(seeds, hosts):
        nameless = pl.col("process") == ""
        ranked = result.channels.with_columns(
            seen=pl.when(nameless).then(pl.lit("Zeek")).otherwise(pl.lit("Defender"))
        )
        bad = day.truth.filter(label="poller").join(addresses(day), on="host")
        keys = [bad.select(KEY), bad.select(host="address", process=pl.lit(""), domain="domain")]
        implant = ranked.join(pl.concat(keys).unique(), on=KEY, how="semi")["alert_id"]
        ranked = ranked.with_columns(implant=pl.col("alert_id").is_in(implant.implode()))
        rows.append(ranked.select("seen", "rank", "severity", "implant", seed=pl.lit(seed)))
    severe = pl.col("severity").is_in(["medium", "high", "critical"])
    return (
        pl.concat(rows)
        .group_by("seen")
        .agg(
            pl.len().alias("channels"),
            implants=pl.col("implant").sum(),
            implants_in_20=(pl.col("implant") & (pl.col("rank") <= 20)).sum(),
            implants_in_100=(pl.col("implant") & (pl.col("rank") <= 100)).sum(),
            benign_in_20=(~pl.col("implant") & (pl.col("rank") <= 20)).sum(),
            benign_in_100=(~pl.col("implant") & (pl.col("rank") <= 100)).sum(),
            benign_severe=(~pl.col("implant") & severe).sum(),
        )
        .sort("seen")
    )


def _halves(seeds: Sequence[int], hosts: int) -> Iterator[tuple[int, Simulated, Result]]:
    for seed in seeds:
        day = simulate.day(seed, hosts)
        first = sorted(day.events.select(_HOST).unique().to_series())[::2]
        by_sensor = _HOST.is_in(first)
        with tempfile.TemporaryDirectory() as folder:
            zeek.write(Path(folder), Simulated(day.events.filter(~by_sensor), day.truth))
            day.events.filter(by_sensor).write_parquet(Path(folder) / "day.parquet")
            yield seed, day, pipeline.score([folder], ANY)
