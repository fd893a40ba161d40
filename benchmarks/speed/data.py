"""Exports of any size with a known share of rows that the rule keeps.

Hosts are log-normally busy and services Zipf-popular, rows come in the order of time, files are
cut by time as a lake cuts them. Seeded; only the distribution of values is of interest here, not
the behaviour of anybody.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from beacon.rules import load
from beacon.settings import RuleSettings

DAY_US = 86_400_000_000
FILE_ROWS = 2_500_000
OTHER_PROCESSES = tuple(f"app{i:04}.exe" for i in range(3000))
OTHER_URLS = tuple(f"host{i:05}.cdn{i % 97}.example" for i in range(100_000))
WIDE = 40
"""Columns of a real export."""


def write(
    folder: Path,
    rows: int,
    channels: int,
    share: float,
    wide: bool = False,
    hosts: int = 5000,
    seed: int = 1,
) -> list[Path]:
    """Write a day as Parquet files.

    Args:
        folder: created; an export already there is reused.
        rows: in all files together.
        channels: (host, process, service) that the kept rows are drawn from, unevenly.
        share: of the rows that the rule keeps.
        wide: all 40 columns instead of the four without which nothing works.
        hosts: devices.
        seed: of everything.
    """
    paths = sorted(folder.glob("*.parquet"))
    if paths:
        return paths
    folder.mkdir(parents=True)
    for number, frame in enumerate(_frames(rows, channels, share, wide, hosts, seed)):
        path = folder / f"part-{number:04}.parquet"
        frame.write_parquet(path, compression="snappy", row_group_size=FILE_ROWS // 2)
        paths.append(path)
    return paths


def write_formats(folder: Path, rows: int, channels: int) -> dict[str, Path]:
    """The same wide day as Parquet, as CSV and as the streaming API's JSON lines."""
    folders = {kind: folder / kind for kind in ("parquet", "csv", "jsonl")}
    if folders["jsonl"].exists():
        return folders
    for number, path in enumerate(write(folders["parquet"], rows, channels, 0.01, wide=True)):
        frame = pl.read_parquet(path).with_columns(
            pl.selectors.datetime().dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
        )
        for kind in ("csv", "jsonl"):
            folders[kind].mkdir(exist_ok=True)
        frame.write_csv(folders["csv"] / f"{number}.csv")
        enveloped = frame.select(
            time=pl.col("TimeGenerated"),
            tenantId=pl.lit("0000"),
            operationName=pl.lit("Publish"),
            category=pl.lit("AdvancedHunting-DeviceNetworkEvents"),
            properties=pl.struct(pl.all()),
        )
        enveloped.write_ndjson(folders["jsonl"] / f"{number}.jsonl")
    return folders


def _frames(
    rows: int, channels: int, share: float, wide: bool, hosts: int, seed: int
) -> Iterator[pl.DataFrame]:
    rule = load(RuleSettings())
    chance = np.random.default_rng(seed)
    names = [f"ws-{i:05}.corp.example" for i in range(hosts)]
    listed, services = len(rule.processes), len(rule.services)
    pools = {
        "DeviceName": pl.Series(names),
        "InitiatingProcessFileName": pl.Series([*rule.processes, *OTHER_PROCESSES]),
        "RemoteUrl": pl.Series([*rule.services, *OTHER_URLS]),
    }
    busy = _running(chance.lognormal(0, 1, hosts))
    program = _running(_zipf(len(OTHER_PROCESSES), 1.1))
    place = _running(_zipf(len(OTHER_URLS), 1.05))
    channel = chance.choice(hosts * listed * services, channels, replace=False)
    use = _running(chance.lognormal(0, 1.5, channels))
    done = 0
    while done < rows:
        n = min(FILE_ROWS, rows - done)
        kept = chance.random(n) < share
        key = channel[_draw(chance, use, n)]
        # What the rule drops fails on both columns, on one, or on the other.
        half = chance.random((2, n)) < 0.3
        is_listed, is_service = kept | half[0], kept | (half[1] & ~half[0])
        codes = {
            "DeviceName": np.where(kept, key // (listed * services), _draw(chance, busy, n)),
            "InitiatingProcessFileName": np.where(
                is_listed, key // services % listed, _draw(chance, program, n) + listed
            ),
            "RemoteUrl": np.where(is_service, key % services, _draw(chance, place, n) + services),
        }
        moment = np.sort(chance.integers(0, DAY_US, n) * n // rows) + done * DAY_US // rows
        frame = pl.DataFrame(
            {
                "Timestamp": pl.Series(moment + 1_777_852_800_000_000).cast(
                    pl.Datetime("us", "UTC")
                ),
                **{name: pools[name].gather(code) for name, code in codes.items()},
            }
        )
        yield _widen(frame, chance, done) if wide else frame
        done += n


def _running(weight: np.ndarray) -> np.ndarray:
    return np.cumsum(weight) / weight.sum()


def _draw(chance: np.random.Generator, running: np.ndarray, n: int) -> np.ndarray:
    return np.minimum(np.searchsorted(running, chance.random(n)), running.size - 1)


def _zipf(n: int, exponent: float) -> np.ndarray:
    weight = np.arange(1, n + 1) ** -exponent
    return weight / weight.sum()


def _widen(frame: pl.DataFrame, chance: np.random.Generator, done: int) -> pl.DataFrame:
    """The other columns of DeviceNetworkEvents, with about the cardinality that they have."""
    n = frame.height
    process = pl.col("InitiatingProcessFileName")
    number = pl.Series("number", chance.integers(0, 60, n))
    parents = np.array(["explorer.exe", "cmd.exe", "svchost.exe", "services.exe", "code.exe"])
    made = frame.with_columns(
        number,
        pl.Series("ReportId", np.arange(done, done + n) % 400_000),
        pl.Series("RemoteIP", [f"185.199.{i // 250}.{i % 250}" for i in range(2000)]).gather(
            pl.Series(chance.integers(0, 2000, n))
        ),
        pl.Series("InitiatingProcessId", chance.integers(1, 8000, n) * 4),
        pl.Series("InitiatingProcessParentFileName", parents[chance.integers(0, 5, n)]),
        RemotePort=pl.lit(443, pl.Int32),
        ActionType=pl.lit("ConnectionSuccess"),
        Protocol=pl.lit("Tcp"),
        RemoteIPType=pl.lit("Public"),
        LocalIP=pl.lit("10.0.0.14"),
        LocalIPType=pl.lit("Private"),
    ).with_columns(
        DeviceId=pl.col("DeviceName").hash(7).cast(pl.String),
        LocalPort=(pl.col("InitiatingProcessId") + 32_000).cast(pl.Int32),
        TimeGenerated=pl.col("Timestamp") + pl.duration(minutes=7),
        InitiatingProcessCommandLine=pl.format("{} --task {} --quiet run", process, "number"),
        InitiatingProcessFolderPath=pl.format("c:\\program files\\tools\\{}", process),
        InitiatingProcessCreationTime=pl.col("Timestamp").dt.truncate("1h"),
        InitiatingProcessSHA1=process.hash(8).cast(pl.String),
        InitiatingProcessAccountName=pl.format("user{}", "number"),
    )
    made = made.drop("number")
    filler = [f"Extra{i:02}" for i in range(WIDE - made.width)]
    return made.with_columns(
        pl.format(f"{name} {{}}", pl.col("LocalPort") % 50).alias(name) for name in filler
    )
