"""kill -9 at random moments of a batch of daily exports: does the rerun end byte-identical?"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from beacon import simulate
from beacon.history.ledger import UNFINISHED


def measure(folder: Path, moments: int, days: int, hosts: int = 4, seed: int = 3) -> pl.DataFrame:
    """One row a kill: when, what it left behind, and whether running again mended all of it.

    Every kill hits a batch that starts anew; the moments are drawn evenly over the time that an
    undisturbed batch takes. History and result are compared with the undisturbed ones by SHA-256.
    """
    exports = folder / "exports"
    exports.mkdir(parents=True)
    for day, rows in simulate.day(seed, hosts, days).events.group_by(
        pl.col("Timestamp").dt.date().alias("day")
    ):
        rows.drop("day", strict=False).write_parquet(exports / f"{day[0]}.parquet")
    whole = folder / "whole"
    began = time.monotonic()
    _run(exports, whole)
    took, wanted = time.monotonic() - began, _prints(whole)
    rows, chance = [], np.random.default_rng(seed)
    while len(rows) < moments:
        share = float(chance.random())
        target = folder / f"killed-{len(rows)}"
        running = _start(exports, target)
        time.sleep(share * took)
        running.send_signal(signal.SIGKILL)
        if running.wait() != -signal.SIGKILL:  # it had ended: no kill
            shutil.rmtree(target)
            continue
        left = _prints(target)
        unfinished = any(target.rglob(f"{UNFINISHED}*"))
        _run(exports, target)
        again = _prints(target)
        rows.append((share * took, len(left), unfinished, again == wanted))
    names = ["killed_after_seconds", "files_left", "unfinished_file", "identical_after_rerun"]
    return pl.DataFrame(rows, schema=names, orient="row").sort("killed_after_seconds")


def _start(exports: Path, target: Path) -> subprocess.Popen[bytes]:
    target.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "beacon", "score", str(exports), "--all", "--quiet"]
    command += ["--format", "jsonl", "--output", str(target / "result.jsonl")]
    command += ["--history", str(target / "history")]
    return subprocess.Popen(command, env=dict(os.environ), stderr=subprocess.DEVNULL)


def _run(exports: Path, target: Path) -> None:
    if code := _start(exports, target).wait():
        raise RuntimeError(f"beacon score ended with {code}")


def _prints(folder: Path) -> dict[str, str]:
    """Digest of each finished file; a result that was being written stays hidden beside it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
