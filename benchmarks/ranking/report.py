"""The comparison's outcome as Markdown and as a picture."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.ranking.compare import BUDGET, COUNTS, OURS, TIMING_ALONE
from benchmarks.ranking.run import Outcome

_TEXT = """# Ranking benchmark

`{command}`; commit {commit}; {date}; {machine}.

Simulated days of {hosts} hosts, seeds {seeds} (training used {trained}): {channels} channels,
{pollers} of them pollers. Clean days, the same companies without malware: seeds {clean_seeds}.
Intervals are 95 %, by bootstrap over days. Simulated traffic says how methods compare, not what
they find in a given network.

## Methods

{methods}

`clean`: channels of a clean day above the line that keeps 90 % of all pollers of the other days.
`emblem`: mean and worst place of python.exe on raw.githubusercontent.com every 30 s on a
developer's host, and the most benign channels above it on any day. "without": the family's terms
are not observable, the other weights as shipped; a joint term reads columns of several families
and stays when one of them goes.

## Benign channels a day above the line that keeps 90 % of the day's pollers, by family

A day has three to ten pollers: this line is the last of them, or the last but one, and counts what
the hardest poller of each day costs.

{classes}

## The same above the line that keeps 90 % of all pollers of all days

One threshold for every day, as a team would set it.

{pooled}

## Channels of a clean day, by severity

{severities}

## Reliability (expected calibration error {ece:.5f})

{reliability}
"""


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def spread(figure: Sequence[float]) -> str:
    """'0.82 (0.78 to 0.87)'."""
    mean, low, high = figure
    return f"{mean:.2f} ({low:.2f} to {high:.2f})"


def markdown(outcome: Outcome) -> str:
    methods = outcome["methods"]
    families = sorted({f for row in methods.values() for f in row["benign_above_line"]})
    precision = [f"P@{n}" for n in COUNTS]
    header = ["method", "average precision", *precision, f"R@{BUDGET}", "clean", "emblem"]
    return _TEXT.format(
        **outcome["provenance"],
        channels=outcome["channels"],
        pollers=outcome["pollers"],
        methods=table(header, (_method(name, row) for name, row in methods.items())),
        classes=table(
            ["method", "all", *families],
            (_classes(name, row["benign_above_line"], families) for name, row in methods.items()),
        ),
        pooled=table(
            ["method", "all", *families],
            [_classes(OURS, methods[OURS]["benign_above_pooled_line"], families)],
        ),
        severities=table(
            list(outcome["clean_severities"]),
            [[f"{n:.1f}" for n in outcome["clean_severities"].values()]],
        ),
        ece=outcome["calibration_error"],
        reliability=table(
            ["mean score", "share of pollers", "pollers", "channels"],
            ([f"{p:.4f}", f"{q:.4f}", str(n), str(m)] for p, q, n, m in outcome["reliability"]),
        ),
    )


def _method(name: str, row: dict[str, Any]) -> list[str]:
    emblem, benign = row["emblem_rank"], row["benign_above_emblem"]
    return [
        name,
        spread(row["average_precision"]),
        *(f"{row[f'precision_at_{n}'][0]:.2f}" for n in COUNTS),
        f"{row[f'recall_at_{BUDGET}'][0]:.2f}",
        f"{row['clean_alerts']:.1f}",
        f"{sum(emblem) / len(emblem):.1f}, {max(emblem)}, {max(benign)}" if emblem else "-",
    ]


def _classes(name: str, counts: dict[str, float], families: Sequence[str]) -> list[str]:
    figures = [sum(counts.values()), *(counts.get(family, 0.0) for family in families)]
    return [name, *(f"{figure:.1f}" for figure in figures)]


def picture(outcome: Outcome, path: Path) -> None:
    """Average precision, benign channels above the line, and reliability."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(16, 6), layout="constrained")
    methods = dict(reversed(outcome["methods"].items()))
    means = [row["average_precision"] for row in methods.values()]
    errors = [[m - low for m, low, _ in means], [high - m for m, _, high in means]]
    left.barh(list(methods), [m for m, *_ in means], xerr=errors, color=list(map(_colour, methods)))
    left.set_xlabel("average precision, mean over days and 95 % interval")
    left.set_xlim(0, 1)
    families = sorted({f for row in methods.values() for f in row["benign_above_line"]})
    start = [0.0] * len(methods)
    for shade, family in zip(plt.colormaps["tab10"].colors, families, strict=False):
        width = [row["benign_above_line"].get(family, 0.0) for row in methods.values()]
        middle.barh(list(methods), width, left=start, color=shade, label=family)
        start = [a + b for a, b in zip(start, width, strict=True)]
    middle.set_yticklabels([])
    middle.set_xlabel("benign channels a day above the line that keeps 90 % of the pollers")
    middle.legend(frameon=False, fontsize=9)
    bins = [(claim, share) for claim, share, pollers, _ in outcome["reliability"] if pollers]
    lowest = min(map(min, bins))
    right.plot([lowest, 1], [lowest, 1], color="grey", lw=1, label="as claimed")
    right.plot(*zip(*bins, strict=True), "o-", color="black", label="beacon (bins with pollers)")
    right.set(xscale="log", yscale="log", xlabel="mean score", ylabel="share of pollers")
    right.legend(frameon=False)
    figure.savefig(path, dpi=100)
    plt.close(figure)


def _colour(name: str) -> str:
    if name.startswith("without "):
        return "grey"
    return {OURS: "black", TIMING_ALONE: "tab:blue"}.get(name, "tab:orange")
