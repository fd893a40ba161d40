"""The same work by other means: `python -m benchmarks.speed.rivals NAME SOURCE`.

Each but `scan` filters by the rule's faithful test and gives for every channel its number of
connections, the median of the gaps between them and their median absolute deviation, and for every
domain its number of hosts, as one would write it first with that tool.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from beacon.rules import keep, load
from beacon.settings import RuleSettings

COLUMNS = ["Timestamp", "DeviceName", "InitiatingProcessFileName", "RemoteUrl"]
KEY = COLUMNS[1:]


def scan(source: str) -> int:
    """Bare: every value of the columns used is read, nothing is done with it."""
    read = opened(source).select(COLUMNS)
    return sum(batch.height for batch in read.collect_batches(chunk_size=500_000))


def needed(source: str) -> int:
    """Polars' own read of the columns that beacon wants of this source, those of its schema."""
    frame = opened(source)
    rows = frame.select(wanted(frame.collect_schema().names()))
    return sum(batch.height for batch in rows.collect_batches(chunk_size=500_000))


def polars(source: str) -> int:
    """Filter in the reader, gaps by expressions."""
    rule = load(RuleSettings())
    gaps = pl.col("Timestamp").sort().diff().dt.total_microseconds()
    found = (
        opened(source)
        .filter(keep(rule, "faithful"))
        .group_by(KEY)
        .agg(pl.len(), median=gaps.median(), mad=(gaps - gaps.median()).abs().median())
        .with_columns(hosts=pl.col("DeviceName").n_unique().over("RemoteUrl"))
        .collect(engine="streaming")
    )
    return found.height


def duckdb(source: str) -> int:
    """One SQL query."""
    import duckdb

    connection = duckdb.connect()
    connection.sql("set threads = 1")
    url, process = (f"'{pattern}'" for pattern in patterns())
    found = connection.sql(
        f"""
        with kept as (
            select Timestamp as t, DeviceName as h, InitiatingProcessFileName as p, RemoteUrl as d
            from read_parquet('{source}/*.parquet')
            where regexp_matches(RemoteUrl, {url})
              and regexp_matches(InitiatingProcessFileName, {process})
        ), gaps as (
            select h, p, d, epoch_us(t) - lag(epoch_us(t)) over (partition by h, p, d order by t) g
            from kept
        ), found as (
            select h, p, d, count(*) n, median(g) m, mad(g) s from gaps group by h, p, d
        ), spread as (select d, count(distinct h) hosts from found group by d)
        select * from found join spread using (d)
        """
    ).to_arrow_table()
    return int(found.num_rows)


def pandas(source: str) -> int:
    """Read the columns, mask, group."""
    import pandas as pd

    frame = pd.read_parquet(source, columns=COLUMNS)
    url, process = patterns()
    with_url = frame.RemoteUrl.str.contains(url, na=False)
    kept = frame[with_url & frame.InitiatingProcessFileName.str.contains(process, na=False)]
    kept = kept.sort_values([*KEY, "Timestamp"])
    gap = kept.groupby(KEY).Timestamp.diff().dt.total_seconds()
    kept = kept.assign(gap=gap)
    found = kept.groupby(KEY).gap.agg(["size", "median"]).reset_index()
    middle = kept.groupby(KEY).gap.transform("median")
    kept = kept.assign(off=(kept.gap - middle).abs())
    found["mad"] = kept.groupby(KEY).off.median().to_numpy()
    found["hosts"] = found.groupby("RemoteUrl").DeviceName.transform("nunique")
    return len(found)


RIVALS: dict[str, Callable[[str], int]] = {
    "scan": scan, "needed": needed, "polars": polars, "duckdb": duckdb, "pandas": pandas,
}  # fmt: skip


def opened(source: str) -> pl.LazyFrame:
    """A folder of one format; of JSON lines the rows inside their envelopes."""
    first = min(Path(source).iterdir())
    if first.suffix == ".parquet":
        return pl.scan_parquet(f"{source}/*.parquet")
    if first.suffix == ".csv":
        return pl.scan_csv(f"{source}/*.csv", infer_schema=False)
    with first.open() as lines:
        keys = wanted(json.loads(next(lines))["properties"])
    envelope: dict[str, Any] = {"properties": pl.Struct(dict.fromkeys(keys, pl.String()))}
    return pl.scan_ndjson(f"{source}/*.jsonl", schema=envelope).unnest("properties")


def wanted(names: Any) -> list[str]:
    """Of these columns, the ones that beacon knows."""
    from beacon.schema import EVENTS

    return [name for name in names if name in EVENTS]


def patterns() -> tuple[str, str]:
    """What the rule looks for in the URL and in the process."""
    rule = load(RuleSettings())
    both = (list(rule.services), rule.processes)
    # Without the rule's word boundaries, with which other engines took minutes.
    first, second = ("(?i)(?:" + "|".join(map(re.escape, needles)) + ")" for needles in both)
    return first, second


def main() -> None:
    """Print the CPU seconds since the libraries were there, and the channels found."""
    name, source = sys.argv[1:]
    for library in {name} & {"duckdb", "pandas"}:
        __import__(library)
    start = time.process_time()
    number = RIVALS[name](source)
    print(json.dumps({"cpu": time.process_time() - start, "channels": number}))


if __name__ == "__main__":
    main()
