"""`python -m benchmarks.fuzz`: spoilt input for every stage, as long as wanted.

Prints and saves how many cases ran, what broke, the slowest case and the peak memory. Each target
runs in a process of its own, so that a case at which native code aborts is counted and kept.
`guided` has atheris look for input that reaches new code.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import time
import traceback
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))

from fuzzing import TARGETS  # noqa: E402
from mutants import mutate, seeds  # noqa: E402

from beacon.errors import BeaconError  # noqa: E402

LONGEST_SECONDS = 10
Counts = dict[str, float]


def hunt(target: str, seconds: float, seed: int, found: Path) -> None:
    """Spoil inputs of one target for so many seconds of CPU; what breaks it is kept.

    The counts are written after each case, the case before it: an abort loses nothing.
    """
    run, source, some = TARGETS[target], random.Random(seed), seeds(target)
    counts: Counts = dict.fromkeys(("cases", "refused", "broken", "slow", "slowest", "spent"), 0)
    start = time.process_time()
    while counts["spent"] < seconds:
        content = mutate(source.choice(some), source, source.randint(1, 8), source.choice(some))
        (found / "case").write_bytes(content)
        began = time.process_time()
        try:
            run(content)
        except BeaconError:
            counts["refused"] += 1
        except BaseException as error:  # a panic of a native library is no Exception
            if isinstance(error, KeyboardInterrupt):
                raise
            counts["broken"] += 1
            name = f"broken-{seed}-{counts['broken']:.0f}"
            (found / name).write_bytes(content)
            (found / f"{name}.txt").write_text(traceback.format_exc(), encoding="utf-8")
        ended = time.process_time()
        counts["cases"] += 1
        counts["slow"] += ended - began > LONGEST_SECONDS
        counts["slowest"] = max(counts["slowest"], ended - began)
        counts["spent"] = ended - start
        counts["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        (found / "counts.json").write_text(json.dumps(counts))


def watch(target: str, seconds: float, seed: int, corpus: Path) -> dict[str, object]:
    """Hunt in processes of their own until the time is used; one row of the table."""
    found = corpus / target.replace(" ", "-")
    found.mkdir(parents=True, exist_ok=True)
    total: dict[str, list[float]] = {}
    aborted, left = 0, seconds
    while left > 0.1:
        (found / "counts.json").write_text("{}")
        command = [sys.executable, "-m", "benchmarks.fuzz", "--hunt", target]
        options = ["--seconds", str(left), "--seed", str(seed + aborted), "--corpus", str(corpus)]
        done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
        for name, value in json.loads((found / "counts.json").read_text()).items():
            total.setdefault(name, []).append(value)
        if done.returncode == 0:
            break
        if done.returncode > 0:
            raise SystemExit(done.stderr)
        aborted += 1
        (found / "case").rename(found / f"aborted-{seed}-{aborted}")
        left = seconds - sum(total.get("spent", [seconds]))
    return {
        "target": target,
        "cases": int(sum(total["cases"])),
        "refused": int(sum(total["refused"])),
        "slowest CPU-s": f"{max(total['slowest']):.2f}",
        f"over {LONGEST_SECONDS} s": int(sum(total["slow"])),
        "uncaught": int(sum(total["broken"])),
        "aborted": aborted,
        "peak MiB": round(max(total["peak"])),
        "CPU-s": round(sum(total["spent"])),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300, help="of CPU, for all targets")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, default=Path("out/fuzz"))
    parser.add_argument("--hunt", choices=TARGETS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.hunt:
        found = given.corpus / given.hunt.replace(" ", "-")
        hunt(given.hunt, given.seconds, given.seed, found)
        return
    each = given.seconds / len(TARGETS)
    rows = [watch(target, each, given.seed, given.corpus) for target in TARGETS]
    ends = dict.fromkeys(("slowest CPU-s", "peak MiB"), max)
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    whole = {
        name: ends.get(name, sum)(map(float if name.startswith("slowest") else int, column))
        for name, column in columns.items()
        if name != "target"
    }
    rows.append({"target": "all", **whole})
    table = [list(rows[0]), ["---"] * len(rows[0]), *(map(str, row.values()) for row in rows)]
    text = "\n".join(f"| {' | '.join(cells)} |" for cells in table)
    command = f"python -m benchmarks.fuzz --seconds {given.seconds:.0f} --seed {given.seed}"
    print(text)
    (HERE / "results" / "fuzz.md").write_text(f"`{command}`\n\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
