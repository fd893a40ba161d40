"""The benchmark's outcome as Markdown and as a picture."""


def _grid(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _pair(values):
    return "/".join(f"{value:.2f}".lstrip("0") if value < 1 else "1" for value in values)


def markdown(outcome):
    """All tables of one run."""
    cells, names = outcome["cells"], list(outcome["cells"]["ALL"])
    rates = [
        [cell, str(row[names[0]]["n"]), *(_pair(row[name]["tpr"]) for name in names)]
        for cell, row in sorted(cells.items())
    ]
    areas = [
        [cell, *(f"{row[name]['auc']:.3f}" for name in names)]
        for cell, row in sorted(cells.items())
    ]
    precision = [[f"{cells['ALL'][name]['ap']:.3f}" for name in names]]
    false = [
        [null, *(f"{row[name][0]:.4f}/{row[name][1]:.4f}" for name in names[:1])]
        for null, row in outcome["false"].items()
    ]
    odds = [
        [f"{claim:.2f}", f"{seen:.2f}" if misses else f"> {seen:.2f}", str(hits), str(misses)]
        for claim, seen, hits, misses in outcome["reliability"]
    ]
    plain = [[key, f"{value:.4g}"] for key, value in outcome["fitted"].items()]
    three = [[key, _pair(value)] for key, value in outcome["three_polls"].items()]
    above = [[key, _pair(value)] for key, value in outcome["above_channels"].items()]
    conceded = [[key, *(f"{v:.3f}" for v in value)] for key, value in outcome["conceded"].items()]
    seeds = ", ".join(map(str, outcome["seeds"]))
    return f"""# Timing benchmark

Seeds {seeds}; commit {outcome["commit"]}; {outcome["machine"]}; {outcome["date"]}.
{outcome["positives"]} positives, {outcome["negatives"]} negatives. Thresholds are pooled over all
negatives: log10 evidence {outcome["limits_log10"][0]:.2f} at FPR 1e-2, \
{outcome["limits_log10"][1]:.2f} at 1e-3.

## True positive rate at FPR 1e-2 / 1e-3

{_grid(["cell", "N", *names], rates)}

## Average precision at 1 % prevalence

{_grid(names, precision)}

## AUC

{_grid(["cell", *names], areas)}

## False positive rate by class at the pooled thresholds (beacon)

{_grid(["class", "1e-2/1e-3"], false)}

## Reliability: claimed against observed log10 Bayes factor

{_grid(["claimed", "observed", "positives", "negatives"], odds)}

## Period and jitter of the detected (FPR 1e-2)

{_grid(["measure", "value"], plain)}

## Exactly three polls at 30 s

{_grid(["thresholds", "TPR 1e-2/1e-3"], three)}

## Above one channel

{_grid(["view", "TPR 1e-2/1e-3"], above)}

## Conceded: share of regular renewals with evidence above 1, 2, 3

{_grid(["class", "> 1", "> 2", "> 3"], conceded)}
"""


def picture(outcome, path):
    """TPR at FPR 1e-3 against jitter, missing share and polls, one line a detector."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(14, 4.5), sharey=True, layout="constrained")
    shades = plt.colormaps["tab20"].colors
    for axis, (label, lines) in zip(axes, outcome["curves"].items(), strict=True):
        for shade, (name, points) in zip(shades, lines.items(), strict=False):
            ours = name == "beacon"
            x, y = zip(*points, strict=True)
            axis.plot(x, y, label=name, lw=2.5 if ours else 1, color="black" if ours else shade)
        axis.set_xlabel(label)
        axis.set_xscale("log" if label == "polls" else "linear")
    axes[0].set_ylabel("TPR at FPR 1e-3")
    figure.legend(
        *axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=8, frameon=False
    )
    figure.savefig(path, dpi=110)
