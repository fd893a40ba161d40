"""`python -m benchmarks.telemetry`: prints the tables and saves them as Markdown."""

import argparse
import sys
import tempfile
from pathlib import Path

import polars as pl

from benchmarks.telemetry import kill, learn, ledger, month, tracks, zeek

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "what", choices=["tracks", "zeek", "ledger", "month", "slow", "weights", "kill"]
    )
    parser.add_argument("--hosts", type=int)
    parser.add_argument("--seeds", type=int, nargs="+", default=[101, 102, 103])
    parser.add_argument("--days", type=int, default=30)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history"
        if given.what == "tracks":
            tables = [tracks.measure(given.seeds, given.hosts or 300)]
        elif given.what == "ledger":
            tables = [ledger.measure(path, given.hosts or 5000, [0, 5, 10, 20, given.days])]
            ledger.picture(tables[0], RESULTS / "ledger.png")
        elif given.what == "weights":
            tables = [learn.measure(given.seeds, given.hosts or 80, given.days)]
        elif given.what == "zeek":
            seeds, hosts = given.seeds, given.hosts or 200
            tables = [zeek.directions(seeds, hosts), zeek.mixed(seeds, hosts)]
        elif given.what == "kill":
            tables = [kill.measure(path, 20, given.days)]
        elif given.what == "slow":
            tables = [month.slow_found(path, given.seeds, given.hosts or 80, given.days)]
        else:
            tables = [month.clean(path, given.hosts or 40, given.days, given.seeds[0])]
    text = "\n\n".join(written(table) for table in tables)
    print(text)
    (RESULTS / f"{given.what}.md").write_text(
        f"`python -m benchmarks.telemetry {' '.join(sys.argv[1:])}`\n\n{text}\n", encoding="utf-8"
    )


def written(table: pl.DataFrame) -> str:
    with pl.Config(
        tbl_formatting="ASCII_MARKDOWN", tbl_rows=-1, tbl_cols=-1, tbl_hide_dataframe_shape=True,
        tbl_hide_column_data_types=True, tbl_width_chars=200, float_precision=2,
    ):  # fmt: skip
        return str(table)


if __name__ == "__main__":
    main()
