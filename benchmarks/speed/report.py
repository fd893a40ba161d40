"""The run as Markdown and as a picture: ratios first, as seconds belong to one machine."""

from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any

Outcome = dict[str, Any]


def save(outcome: Outcome, folder: Path) -> None:
    """Write `speed.md` and, where there is growth to draw, `growth.png`."""
    parts = [
        section(outcome[name]["rows"]) + _ran(outcome[name])
        for name, section in _SECTIONS.items()
        if name in outcome
    ]
    text = "\n\n".join(
        ["# Speed\n\n`python -m benchmarks.speed`; CPU seconds on one thread.", *parts]
    )
    (folder / "speed.md").write_text(text + "\n", "utf-8")
    if "growth" in outcome:
        _draw(outcome["growth"]["rows"], folder / "growth.png")


def growth(rows: list[Outcome]) -> str:
    """A realistic day beside its bare scan, and how both grow."""
    return "## A day, one row in a hundred kept, 30,000 channels, from file to rank\n\n" + _grown(
        rows, "scan"
    )


def wide(rows: list[Outcome]) -> str:
    """The same of 40 columns, beside polars' read of those that are used."""
    return "## The same of 40 columns, beside a bare scan of those that beacon uses\n\n" + _grown(
        rows, "needed"
    )


def _grown(rows: list[Outcome], scan: str) -> str:
    table, ours = [], [row for row in rows if row["name"] == "score"]
    for row in ours:
        bare = _find(rows, name=scan, rows=row["rows"])["cpu"]
        timing = row["stages"]["timing"]
        rest = row["cpu"] - timing
        table.append(
            [
                f"{row['rows']:,}",
                f"{row['channels']:,}",
                f"{bare:.2f}",
                f"{row['cpu']:.2f}",
                f"{timing:.2f}",
                f"{rest / bare:.1f}",
                f"{row['peak_mb']:.0f}",
            ]
        )
    slopes = [
        f"{log(b['cpu'] / a['cpu']) / log(b['rows'] / a['rows']):.2f}" for a, b in pairwise(ours)
    ]
    names = list(ours[-1]["stages"])
    shares = [[name, f"{100 * ours[-1]['stages'][name] / ours[-1]['cpu']:.0f} %"] for name in names]
    return "\n\n".join(
        [
            _table(
                "rows,channels,bare scan,beacon,of it timing,(beacon - timing) / bare scan,peak MB",
                table,
            ),
            f"Slope from size to size, log CPU over log rows: {', '.join(slopes)}.",
            "Where the time of the largest goes (`the rest`: rule, spill, labels):\n\n"
            + _table("stage,share", shares),
        ]
    )


def hard(rows: list[Outcome]) -> str:
    """Half kept, beside others."""
    table = []
    for row in rows:
        same = {"rows": row["rows"], "asked": row["asked"]}
        bare = _find(rows, name="scan", **same)["cpu"]
        names = {"channels": "beacon, to channels", "scan": "bare scan"}
        table.append(
            [
                f"{row['rows']:,}",
                f"{row['asked']:,}",
                names.get(row["name"], row["name"]),
                f"{row['cpu']:.2f}",
                f"{row['cpu'] / bare:.1f}",
                f"{row['peak_mb']:.0f}",
            ]
        )
    note = (
        "Reading, rule and channels. Beacon also counts every host's hours, labels and splits by "
        "host; the others filter without word boundaries, group, and give median and deviation of "
        "the gaps and the hosts of a domain."
    )
    head = "rows,channels drawn from,tool,CPU-s,/ bare scan,peak MB"
    return f"## Half of the rows kept\n\n{note}\n\n{_table(head, table)}"


def formats(rows: list[Outcome]) -> str:
    """Each format beside polars' read of the same columns."""
    table = []
    for row in (row for row in rows if row["name"] == "score"):
        bare = _find(rows, name="needed", format=row["format"])["cpu"]
        events = _find(rows, name="read", format=row["format"])["cpu"]
        rest = row["cpu"] - row["stages"]["timing"]
        table.append(
            [
                row["format"],
                f"{bare:.2f}",
                f"{events:.2f}",
                f"{events / bare:.1f}",
                f"{row['cpu']:.2f}",
                f"{rest / bare:.1f}",
                f"{row['peak_mb']:.0f}",
            ]
        )
    head = (
        "format,polars' read,beacon's events,events / read,"
        "beacon to rank,(beacon - timing) / read,peak MB"
    )
    return f"## 40 columns, 1,000,000 rows, from file to rank\n\n{_table(head, table)}"


def detectors(rows: list[Outcome]) -> str:
    """Milliseconds a channel."""
    names = list(dict.fromkeys(row["name"] for row in rows))
    polls = list(dict.fromkeys(row["polls"] for row in rows))
    table = [
        [str(n), *(f"{_find(rows, name=name, polls=n)['ms_a_channel']:.2f}" for name in names)]
        for n in polls
    ]
    return (
        f"## The statistic alone, CPU ms a channel\n\n{_table(','.join(['polls', *names]), table)}"
    )


def same(rows: list[Outcome]) -> str:
    """How many results there were."""
    threads = ", ".join(str(row["threads"]) for row in rows)
    different = len({row["sha256"] for row in rows})
    return f"## The same bytes\n\nRuns with {threads} threads gave {different} result(s)."


_SECTIONS = {
    "growth": growth, "wide": wide, "hard": hard, "formats": formats, "detectors": detectors,
    "same": same,
}  # fmt: skip


def _ran(part: Outcome) -> str:
    note = f" {part['note']}" if "note" in part else ""
    return f"\n\nCommit {part['commit']}; {part['machine']}; {part['date']}.{note}"


def _find(measured: list[Outcome], /, **wanted: Any) -> Outcome:
    return next(row for row in measured if wanted.items() <= row.items())


def _table(head: str, rows: list[list[str]]) -> str:
    names = head.split(",")
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def _draw(rows: list[Outcome], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axis = plt.subplots(figsize=(6, 4.5), layout="constrained")
    for name, label in (("score", "beacon, from file to rank"), ("scan", "bare scan")):
        own = [row for row in rows if row["name"] == name]
        axis.plot([r["rows"] for r in own], [r["cpu"] for r in own], "o-", label=label)
    axis.set(xscale="log", yscale="log", xlabel="rows", ylabel="CPU seconds, one thread")
    axis.legend(frameon=False)
    figure.savefig(path, dpi=110)
    plt.close(figure)
