"""`python -m benchmarks.speed`: beacon beside the bare scan and other tools, in one run.

Every figure is CPU time (user and system) of a process of its own on one thread, and the peak of
the memory of its process tree. Saves each part as it is done, then the report and the picture.
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.ranking.run import provenance
from benchmarks.speed import data, detectors, report, same
from benchmarks.speed.measure import run

RESULTS = Path(__file__).parent / "results"
MILLION = 1_000_000
Row = dict[str, Any]


def cost(module: str, *arguments: str, **known: Any) -> Row:
    """One measured process: what it says, what is known of its input, and its peak memory."""
    taken = run(["-m", f"benchmarks.speed.{module}", *arguments])
    row = {"name": arguments[0], **known, **json.loads(taken.said), "peak_mb": taken.peak_mb}
    print({name: round(v, 2) if isinstance(v, float) else v for name, v in row.items()}, flush=True)
    return row


def growth(folder: Path, large: bool) -> list[Row]:
    """A realistic day, one row in a hundred kept, of more and more rows."""
    rows = []
    for millions in (1, 10, 40, *([100] if large else [])):
        day = folder / f"rows-{millions}"
        data.write(day, millions * MILLION, 30_000, 0.01)
        for module, name in (("rivals", "scan"), ("ours", "score")):
            rows.append(cost(module, name, str(day), rows=millions * MILLION))
    return rows


def wide(folder: Path, _: bool) -> list[Row]:
    """The same of all 40 columns, beside polars' read of those that beacon uses."""
    rows = []
    for millions in (1, 10, 40):
        day = folder / f"wide-{millions}"
        data.write(day, millions * MILLION, 30_000, 0.01, wide=True)
        for module, name in (("rivals", "needed"), ("ours", "score")):
            rows.append(cost(module, name, str(day), rows=millions * MILLION))
    return rows


def hard(folder: Path, large: bool) -> list[Row]:
    """Half of the rows kept: reading, rule and channels, beside others that do less."""
    rows = []
    sizes = [(10, 1_000), (10, 250_000), (40, MILLION), *([(100, MILLION)] if large else [])]
    for millions, channels in sizes:
        day = folder / f"half-{millions}-{channels}"
        data.write(day, millions * MILLION, channels, 0.5)
        others = ("polars", "duckdb", "pandas") if millions == 10 else ("duckdb",)
        for module, name in (
            ("rivals", "scan"),
            ("ours", "channels"),
            *(("rivals", other) for other in others if millions <= 40),
        ):
            known = {"rows": millions * MILLION, "asked": channels}
            rows.append(cost(module, name, str(day), **known))
    return rows


def formats(folder: Path, _: bool) -> list[Row]:
    """The 40 columns of a real export in each format, beside polars' read of those it needs."""
    rows = []
    for kind, day in data.write_formats(folder / "wide-1000000", MILLION, 30_000).items():
        for module, name in (("rivals", "needed"), ("ours", "read"), ("ours", "score")):
            rows.append(cost(module, name, str(day), format=kind))
    return rows


PARTS: dict[str, Callable[[Path, bool], Any]] = {
    "growth": growth,
    "wide": wide,
    "hard": hard,
    "formats": formats,
    "detectors": detectors.compare,
    "same": same.compare,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--large", action="store_true", help="100 million rows as well")
    parser.add_argument("--data", type=Path, help="where days are kept from run to run")
    given = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    saved = RESULTS / "speed.json"
    outcome = json.loads(saved.read_text("utf-8")) if saved.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        for name in given.only:
            found = PARTS[name](given.data or Path(folder), given.large)
            outcome[name] = {**provenance("python -m benchmarks.speed"), "rows": found}
            saved.write_text(json.dumps(outcome, indent=1) + "\n", "utf-8")
            report.save(outcome, RESULTS)


if __name__ == "__main__":
    main()
