"""`python -m benchmarks.fuzz`: spoilt input for every stage, as long as wanted.

Prints and saves how many cases ran, what broke, the slowest case and the peak memory. `guided` has
atheris look for input that reaches new code.
"""

import argparse
import random
import resource
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


def hunt(target: str, seconds: float, seed: int, found: Path) -> dict[str, object]:
    """Spoil inputs of one target until the time is over; what breaks it is kept."""
    run, source, some = TARGETS[target], random.Random(seed), seeds(target)
    cases = refused = slow = 0
    slowest = 0.0
    broken: set[str] = set()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        content = mutate(source.choice(some), source, source.randint(1, 8), source.choice(some))
        began = time.process_time()
        try:
            run(content)
        except BeaconError:
            refused += 1
        except BaseException as error:  # a panic of a native library is no Exception
            if isinstance(error, KeyboardInterrupt):
                raise
            where = traceback.extract_tb(error.__traceback__)[-1]
            sign = f"{type(error).__name__} in {Path(where.filename).name}:{where.lineno}: "
            broken.add(sign + str(error).split("\n", 1)[0][:120])
            found.mkdir(parents=True, exist_ok=True)
            (found / f"{target.replace(' ', '-')}-{len(broken)}").write_bytes(content)
        took = time.process_time() - began
        slowest, slow, cases = max(slowest, took), slow + (took > LONGEST_SECONDS), cases + 1
    return {
        "target": target,
        "cases": cases,
        "refused": refused,
        "slowest CPU-s": f"{slowest:.2f}",
        f"over {LONGEST_SECONDS} s": slow,
        "uncaught": "; ".join(sorted(broken)) or "0",
    }


def total(rows: list[dict[str, object]]) -> dict[str, object]:
    """The last row: sums, the slowest, and how many targets broke."""
    count, refused, slowest, slow, broken = list(rows[0])[1:]
    return {
        "target": "all",
        count: sum(int(str(row[count])) for row in rows),
        refused: sum(int(str(row[refused])) for row in rows),
        slowest: max((str(row[slowest]) for row in rows), key=float),
        slow: sum(int(str(row[slow])) for row in rows),
        broken: sum(row[broken] != "0" for row in rows),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300, help="for all targets together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, default=Path("out/corpus"))
    given = parser.parse_args()
    each = given.seconds / len(TARGETS)
    rows = [hunt(target, each, given.seed, given.corpus / "broken") for target in TARGETS]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    head = list(rows[0])
    rows.append(total(rows))
    table = [head, ["---"] * len(head), *([str(v) for v in row.values()] for row in rows)]
    text = "\n".join(f"| {' | '.join(cells)} |" for cells in table)
    text += f"\n\n{given.seconds:.0f} s, seed {given.seed}, peak memory {peak:.0f} MiB"
    print(text)
    command = f"python -m benchmarks.fuzz --seconds {given.seconds:.0f} --seed {given.seed}"
    (HERE / "results" / "fuzz.md").write_text(f"`{command}`\n\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
