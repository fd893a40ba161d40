"""Spark against the local engine on simulated rows: `python -m benchmarks.speed.spark FOLDER`.

For each case both engines run as commands of their own; the channels must be equal. Saves CPU
seconds, shuffle bytes and memory with machine and commit, and the slopes that docs/scale.md uses.
"""

import argparse
import json
import os
import platform
import subprocess
import tempfile
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

from benchmarks.speed import data, measure

CASES = ((2_500_000, 30_000, 0.01), (10_000_000, 30_000, 0.01), (10_000_000, 30_000, 0.05))
"""(rows, channels, share that the rule keeps)"""
SCORE = """
import os, sys, beacon
from pathlib import Path

def used(pid):  # Java is never waited for, so nobody else adds it up
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task").glob("*/children")
    below = [int(child) for file in children for child in file.read_text().split()]
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") + sum(map(used, below))

engine, folder, out = sys.argv[1:]
paths = sorted(Path(folder).glob("*.parquet"))
if engine == "local":
    result = beacon.score(paths)
elif engine == "spark":
    result = beacon.spark.score(paths, master="local[2]")
if engine in ("local", "spark"):
    result.channels.write_parquet(out)
else:
    beacon.spark.session("local[2]").range(10).count()
print(used(os.getpid()))
"""


def spark_conf(events: Path) -> str:
    return (
        "--conf spark.ui.enabled=false --conf spark.log.level=ERROR --driver-memory 2g "
        "--conf spark.eventLog.enabled=true --conf spark.eventLog.compress=false "
        f"--conf spark.eventLog.dir={events.as_uri()} pyspark-shell"
    )


def shuffled(events: Path) -> tuple[int, int]:
    """Shuffle bytes written, and peak execution memory of a task, in the logs of a folder."""
    written, most = 0, 0
    for log in filter(Path.is_file, events.rglob("*")):
        for line in log.read_text(encoding="utf-8").splitlines():
            if '"SparkListenerTaskEnd"' not in line:
                continue
            metrics = json.loads(line).get("Task Metrics") or {}
            written += metrics.get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
            most = max(most, metrics.get("Peak Execution Memory", 0))
    return written, most


def compare(folder: Path, rows: int, channels: int, share: float) -> dict[str, float]:
    paths = data.write(folder / f"{rows}-{channels}-{share}", rows, channels, share)
    with tempfile.TemporaryDirectory() as scratch:
        events = Path(scratch) / "events"
        events.mkdir()
        os.environ["PYSPARK_SUBMIT_ARGS"] = spark_conf(events)
        costs = {
            engine: measure.run(
                ["-c", SCORE, engine, str(paths[0].parent), f"{scratch}/{engine}.parquet"]
            )
            for engine in ("local", "start", "spark")
        }
        here, there = (pl.read_parquet(f"{scratch}/{e}.parquet") for e in ("local", "spark"))
        assert_frame_equal(here, there, check_exact=True)
        written, most = shuffled(events)
    return {
        "rows": rows, "share": share, "kept": int(here["events"].sum()), "channels": here.height,
        **{f"{engine}_cpu_seconds": float(cost.said) for engine, cost in costs.items()},
        **{f"{engine}_wall_seconds": round(cost.wall, 1) for engine, cost in costs.items()},
        **{f"{engine}_peak_mb": round(cost.peak_mb) for engine, cost in costs.items()},
        "shuffle_bytes": written, "task_memory_bytes": most,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the data lies or is written")
    folder = parser.parse_args().folder
    cases = []
    for case in CASES:
        cases.append(compare(folder, *case))
        print(json.dumps(cases[-1]), flush=True)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    path = Path(__file__).parent / "results" / "spark.json"
    path.parent.mkdir(exist_ok=True)
    found = {"commit": commit, "machine": machine, "cases": cases}
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
