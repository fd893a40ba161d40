"""`python -m benchmarks.claims`: reruns what is claimed and says where a figure differs.

The claims are in `claims.toml`, the table of docs/evidence.md is made of them. Without options
those run that take about a minute; `--all` runs every one, `--saved` runs none and reads the
results that the benchmarks have left. `--write` takes today's figures over, into both files.
"""

import argparse
import json
import re
import shlex
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
STORED, DOCUMENT = HERE / "claims.toml", ROOT / "docs" / "evidence.md"
HEAD = "| claim | command | figure | measured |\n|---|---|---|---|"
Claim = dict[str, Any]


def load() -> list[Claim]:
    return list(tomllib.loads(STORED.read_text(encoding="utf-8"))["claim"])


def run(claim: Claim) -> tuple[bool, str]:
    """Run a claim's command; whether it ended well, and what it printed."""
    words = shlex.split(claim["command"])
    words = [sys.executable, *(["-m", "pytest", "-q"] if words[0] == "pytest" else []), *words[1:]]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def look(figure: dict[str, Any], printed: str) -> float | None:
    """A figure as it is today, from a saved result or from what was printed; None if not there.

    `at` is the way to it in JSON, `pattern` a regular expression whose group is the number.
    """
    file = figure.get("in")
    if file and not (ROOT / file).exists():
        return None
    text = (ROOT / file).read_text(encoding="utf-8") if file else printed
    if "at" in figure:
        value = json.loads(text)
        for step in figure["at"].split("/"):
            value = value[int(step) if isinstance(value, list) else step]
        return float(value)
    hit = re.search(figure["pattern"], text)
    return float(hit[1]) if hit else None


def differs(figure: dict[str, Any], today: float | None) -> bool:
    return today is None or abs(today - figure["value"]) > figure["within"]


def shown(value: float) -> str:
    """A number as the table has it: three digits that count, no trailing zeros."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def table(claims: Iterable[Claim]) -> str:
    lines = [HEAD]
    for claim in claims:
        figures = [f"{f['name']} {shown(f['value'])}" for f in claim.get("figure", ())]
        said = ", ".join(figures) or claim["says"]
        more = f" ([more]({claim['more']}))" if "more" in claim else ""
        command = f"`{claim['command']}`"
        lines.append(f"| {claim['name']} | {command} | {said}{more} | {claim['measured']} |")
    return "\n".join(lines)


def document(claims: Iterable[Claim], text: str) -> str:
    """docs/evidence.md with the table made anew."""
    rows = r"\| claim \| command .*?(?=\n\n)"
    return re.sub(rows, lambda _: table(claims), text, count=1, flags=re.DOTALL)


def write(measured: dict[tuple[str, str], float], names: set[str]) -> None:
    """Take figures over into the stored claims, line by line, and today as their date."""
    lines, claim, figure = [], "", ""
    for line in STORED.read_text(encoding="utf-8").splitlines():
        if line == "[[claim]]":
            claim = figure = ""
        if hit := re.match(r'name = "(.*)"', line):
            claim, figure = (hit[1], "") if not claim else (claim, hit[1])
        if line.startswith("value = ") and (claim, figure) in measured:
            line = f"value = {float(f'{measured[claim, figure]:.4g}')!r}"
        if line.startswith("measured = ") and claim in names:
            line = f'measured = "{time.strftime("%Y-%m-%d")}"'
        lines.append(line)
    STORED.write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(document(load(), text), encoding="utf-8")


def check(claim: Claim, saved: bool) -> tuple[list[str], dict[tuple[str, str], float]]:
    """What differs, in words, and every figure that was found."""
    began = time.monotonic()
    well, printed = (True, "") if saved else run(claim)
    wrong = [] if well else [f"ended badly:\n{printed[-2000:]}"]
    found: dict[tuple[str, str], float] = {}
    for figure in claim.get("figure", ()):
        if saved and "in" not in figure:
            continue
        today = look(figure, printed)
        if today is not None:
            found[claim["name"], figure["name"]] = today
        if differs(figure, today):
            now = "not found" if today is None else shown(today)
            wrong.append(f"{figure['name']}: claimed {shown(figure['value'])}, is {now}")
    spent = "" if saved else f" ({time.monotonic() - began:.0f} s)"
    print(f"{'DIFFERS' if wrong else 'holds'}: {claim['name']}{spent}", flush=True)
    for line in wrong:
        print(f"    {line}", flush=True)
    return wrong, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="the slow ones too")
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="claims whose name holds it"
    )
    parser.add_argument("--saved", action="store_true", help="run nothing, read saved results")
    parser.add_argument("--write", action="store_true", help="store today's figures")
    given = parser.parse_args()
    chosen = [
        claim
        for claim in load()
        if (any(part in claim["name"] for part in given.only) if given.only
            else given.all or (claim.get("figure") if given.saved else claim["quick"]))
    ]  # fmt: skip
    results = {claim["name"]: check(claim, given.saved) for claim in chosen}
    wrong = [name for name, (differences, _) in results.items() if differences]
    print(f"{len(results) - len(wrong)} of {len(load())} claims hold, {len(wrong)} differ, "
          f"{len(load()) - len(results)} not run")  # fmt: skip
    if given.write:
        found = {key: value for _, figures in results.values() for key, value in figures.items()}
        write(found, set(wrong) if given.saved else set(results))
    elif wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
