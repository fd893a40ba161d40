"""CPU time and memory of a command: of its whole process tree."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

SAMPLE_SECONDS = 0.05


class Cost(NamedTuple):
    """What a command took: user and system CPU seconds, wall seconds, peak MB, what it said."""

    cpu: float
    wall: float
    peak_mb: float
    said: str


def run(arguments: Sequence[str], threads: int = 1) -> Cost:
    """Run a Python command to its end.

    Args:
        arguments: of the interpreter.
        threads: of polars and everything else that asks the environment.

    Raises:
        RuntimeError: it failed.
    """
    limits = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    before, start, peak = _cpu(), time.perf_counter(), 0
    with subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        env=os.environ | dict.fromkeys(limits, str(threads)),
        text=True,
    ) as process:
        while process.poll() is None:
            peak = max(peak, _memory(process.pid))
            time.sleep(SAMPLE_SECONDS)
        said = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise RuntimeError(f"{arguments} ended with {process.returncode}")
    return Cost(_cpu() - before, time.perf_counter() - start, peak / 1024, said.strip())


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory(pid: int) -> int:
    """Proportional set size of a process and its children, in KiB."""
    total = 0
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            total += _memory(int(child))
    except OSError:
        return total
    return total


def main() -> None:
    """Print the cost of `python -m benchmarks.speed.measure THREADS ARGUMENT...`."""
    cost = run(sys.argv[2:], int(sys.argv[1]))
    print(json.dumps(cost._asdict()))


if __name__ == "__main__":
    main()
