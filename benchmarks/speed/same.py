"""Is the result the same bytes, run after run and whatever the number of threads?"""

import hashlib
from pathlib import Path
from typing import Any

from benchmarks.speed import data
from benchmarks.speed.measure import run

RUNS = (1, 2, 4, *([2] * 10))
"""Threads of each run."""


def compare(folder: Path, _: bool) -> list[dict[str, Any]]:
    """Score one day again and again, all channels as JSON lines with every digit."""
    day, result = folder / "same", folder / "same.jsonl"
    data.write(day, 300_000, 3_000, 0.1, wide=True, hosts=300)
    seen = []
    for threads in RUNS:
        command = ["-m", "beacon", "score", str(day), "--all", "--quiet", "--format", "jsonl"]
        run([*command, "--output", str(result)], threads)
        seen.append(hashlib.sha256(result.read_bytes()).hexdigest())
        result.unlink()
    print(f"{len(seen)} runs, {len(set(seen))} different results", flush=True)
    pairs = zip(RUNS, seen, strict=True)
    return [{"threads": threads, "sha256": digest} for threads, digest in pairs]
