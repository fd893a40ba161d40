"""`python tools/release_check.py`: build both archives, install the wheel alone, and use it.

For each Python from 3.11 to 3.13 that is found, in an environment and a folder of its own without
anything of the repository: simulate a day, score it, draw the page, explain the first alert. With
`--lowest` the oldest releases that pyproject.toml allows are installed and the suite runs on them.
"""

import argparse
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
SUITE = ("evtx", "hypothesis", "markdown-it-py", "pytest", "pytest-xdist", "pyyaml")
NEWER = ("test_report_consumers.py", "test_report_outputs.py", "test_rule_export.py")
"""Tests against libraries that ask for newer releases than ours."""
SCRIPTS = "Scripts" if os.name == "nt" else "bin"


def run(*command: object, where: Path = ROOT, **more: str) -> str:
    """What a command prints; its failure ends the check with its own words."""
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=where, env=clean | more, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def built(folder: Path) -> Path:
    """The wheel, made from the source archive as an installer would; checked for its content."""
    run("uv", "build", "--quiet", "--out-dir", folder)
    (wheel,) = folder.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    tracked = run("git", "ls-files", "beacon").split()
    missing = {*tracked, "beacon/_commit.txt"} - inside
    stray = {name for name in inside if not name.startswith(("beacon/", "beacon_deaddrop-"))}
    if missing or stray:
        raise SystemExit(f"{wheel.name}: missing {sorted(missing)}, stray {sorted(stray)}")
    return wheel


def used(wheel: Path, python: str, folder: Path) -> str:
    """Install the wheel for one Python and do an analyst's day with it."""
    environment, day = folder / "venv", folder / "empty"
    day.mkdir(parents=True)
    run("uv", "venv", "--quiet", "--python", python, environment)
    interpreter = environment / SCRIPTS / "python"
    run("uv", "pip", "install", "--quiet", "--python", interpreter, wheel)
    beacon = environment / SCRIPTS / "beacon"
    version = run(beacon, "--version", where=day).strip()
    run(beacon, "simulate", "day", "--seed", 7, "--hosts", 20, where=day)
    table = run(beacon, "score", "day/day.parquet", where=day)
    run(beacon, "score", "day/day.parquet", "-q", "-f", "html", "-o", "day.html", where=day)
    run(beacon, "score", "day/day.parquet", "-q", "-f", "csv", "-o", "day.csv", where=day)
    run(beacon, "score", "day/day.parquet", "-q", "-f", "jsonl", "-o", "day.jsonl", where=day)
    with (day / "day.csv").open(encoding="utf-8-sig", newline="") as file:
        first = next(csv.DictReader(file))["alert_id"]
    story = run(beacon, "explain", first, "day.jsonl", where=day)
    ends = first in table and first in story and "</html>" in (day / "day.html").read_text("utf-8")
    if not ends:
        raise SystemExit(f"Python {python}: the first alert is not in table, story and page")
    return f"Python {python}: {version}: simulate, score, html, csv, jsonl, explain"


def lowest(folder: Path, tests: list[str]) -> None:
    """The suite on the oldest releases allowed of the dependencies."""
    pins, python = folder / "lowest.txt", folder / "venv" / SCRIPTS / "python"
    run("uv", "pip", "compile", "--quiet", "pyproject.toml", "--resolution", "lowest-direct",
        "--python-version", PYTHONS[0], "--no-header", "--no-annotate", "-o", pins)  # fmt: skip
    run("uv", "venv", "--quiet", "--python", PYTHONS[0], folder / "venv")
    run("uv", "pip", "install", "--quiet", "--python", python, "-r", pins, *SUITE)
    print(pins.read_text(encoding="utf-8"))
    tests = tests or [f"--ignore=tests/{name}" for name in NEWER]
    suite = ("-m", "pytest", "-q", "-n", "2", *tests)
    print(run(python, *suite, PYTHONPATH=str(ROOT)).splitlines()[-1])


def main() -> None:
    """Parse, check, print a line a Python."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lowest", nargs="*", metavar="TEST", help="tests to run; none is all")
    given = parser.parse_args()
    if shutil.which("uv") is None:
        parser.error("uv is not to be had; `python -m pip install --group release` brings it")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.lowest is not None:
            lowest(folder, given.lowest)
            return
        wheel = built(folder / "dist")
        for python in PYTHONS:
            if subprocess.run(["uv", "python", "find", "--quiet", python], check=False).returncode:
                print(f"Python {python}: not found here, not tried", file=sys.stderr)
                continue
            print(used(wheel, python, folder / python), flush=True)


if __name__ == "__main__":
    main()
