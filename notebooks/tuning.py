# %% [markdown]
# # Choose a budget and a threshold
#
# How many alerts a day are worth reading, or from which score on? Where the truth is known, both
# can be measured. Here it is known because the days are simulated: the curves show how the knobs
# act, not what they cost in a given network. For that, label alerts for a few weeks and run
# `beacon tune --labels verdicts.csv`, which prints the same table from your own verdicts.

# %%
import matplotlib.pyplot as plt
import numpy as np
import polars as pl

import beacon
from beacon import simulate, tune

SEEDS = range(9001, 9007)  # companies; none of them taught the shipped weights anything
HOSTS = 60
KEY = ["host", "process", "domain"]
BLUE, ORANGE, GREY = "#1f5fa8", "#c8641b", "#8a8f98"

plt.rcParams.update({"figure.constrained_layout.use": True, "axes.grid": True, "grid.alpha": 0.25})
plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})


# %% [markdown]
# ## Days with a known truth
#
# Each seed is another company. `beacon.score` takes the frame as it takes a file. A poller that the
# rule never lets through cannot be found by any budget, so it must stay in the denominator of
# recall: that is why the truth is counted apart from the channels.


# %%
def scored(seed: int) -> tuple[pl.DataFrame, int]:
    """The channels of a company's day with their label, best first, and how many pollers it had."""
    day = simulate.day(seed, hosts=HOSTS)
    truth = day.truth.select(*KEY, poller=pl.col("label") == "poller")
    channels = beacon.score(day.events).channels.select("rank", "score", *KEY)
    labelled = channels.join(truth, on=KEY, how="left", maintain_order="left")
    return labelled.with_columns(pl.col("poller").fill_null(value=False)), truth["poller"].sum()


days, pollers = zip(*map(scored, SEEDS), strict=True)
channels, total = pl.concat(days), sum(pollers)
kept = channels["poller"].sum()
print(f"{len(days)} days: {channels.height} channels match the rule, {kept} of {total} pollers do")


# %% [markdown]
# ## Budget and threshold
#
# A **budget** fixes the work: the best N channels of each day, whatever they score. A **threshold**
# fixes the odds: every channel from a score on, however many a day brings. The bands are exact 95 %
# intervals (Clopper and Pearson, 1934), as if the channels were independent. Those of one campaign
# are not, so the bands are too narrow rather than too wide.


# %%
def curves(rules: list[pl.Expr]) -> pl.DataFrame:
    """Precision and recall with their intervals, and alerts a day, one row a rule."""
    rows = []
    for shown in rules:
        alerts = channels.filter(shown)
        hits = alerts["poller"].sum()
        row = {"alerts_per_day": alerts.height / len(days)}
        for name, of in (("precision", alerts.height), ("recall", total)):
            values = tune.share(hits, of)
            row |= dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))
        rows.append(row)
    return pl.DataFrame(rows)


BUDGETS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40]
THRESHOLDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95]
by_budget = curves([pl.col("rank") <= n for n in BUDGETS])
by_score = curves([pl.col("score") >= t for t in THRESHOLDS])

with pl.Config(tbl_rows=-1, tbl_cols=-1, float_precision=2, tbl_hide_column_data_types=True):
    shown = ["alerts_per_day", "precision", "recall"]
    print(by_budget.select(pl.Series("budget", BUDGETS), *shown))
    print(by_score.select(pl.Series("score", [f"{t:g}" for t in THRESHOLDS]), *shown))


# %%
def draw(axes, x, table: pl.DataFrame) -> None:
    """Both curves with their bands, each named at the legend."""
    for name, color in (("precision", BLUE), ("recall", ORANGE)):
        axes.fill_between(x, table[f"{name}_low"], table[f"{name}_high"], color=color, alpha=0.15)
        axes.plot(x, table[name], color=color, marker="o", markersize=4, label=name)
    axes.set_ylim(0, 1.03)


figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), sharey=True)
draw(left, BUDGETS, by_budget)
left.set(xlabel="budget: alerts a day", ylabel="share", title="The best N of each day")
left.axvline(total / len(days), color=GREY, linestyle=":")
left.text(total / len(days) + 0.5, 0.03, "pollers a day, on average", color=GREY)
draw(right, THRESHOLDS, by_score)
right.set(xlabel="score (log-odds scale)", title="Every channel from a score on", xscale="logit")
marks = [0.001, 0.01, 0.1, 0.5, 0.9]
right.set_xticks(marks, [f"{t:g}" for t in marks])
right.minorticks_off()
left.legend(loc="center right", frameon=False)
plt.show()


# %% [markdown]
# Read the left one from the right: where recall has gone flat, a larger budget buys only reading.
# Read the right one at the precision that the team can bear. Six small days are few: the model card
# (`docs/model-card.md`) measures sixty, and names the kinds of poller that rank badly.
#
# ## What the base rate does
#
# The score starts from a base rate: the share of matching channels that are pollers, before any
# evidence. Another rate adds the same log-odds to every channel. So it changes no order, and a
# budget finds the same pollers; but a threshold means something else.


# %%
def logit(p):
    """Log-odds of a probability."""
    return np.log(p) - np.log1p(-p)


def moved(score, base_rate: float):
    """What a score would be, had the run started from another base rate."""
    shift = logit(base_rate) - logit(beacon.Settings().rank.base_rate)
    return 1 / (1 + np.exp(-logit(score) - shift))


# The claim, checked on one day: scoring anew gives what the shift gives.
RATE = 0.05
settings = beacon.Settings(rank={"base_rate": RATE})
again = beacon.score(simulate.day(SEEDS[0], hosts=HOSTS).events, settings).channels
assert again.select(KEY).equals(days[0].select(KEY))
assert np.allclose(again["score"], moved(days[0]["score"].to_numpy(), RATE))

# %%
RATES = {5e-4: GREY, 5e-3: BLUE, 5e-2: ORANGE}
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2))
scores, poller = channels["score"].to_numpy(), channels["poller"].to_numpy()
grid = 1 / (1 + np.exp(-np.linspace(logit(0.001), logit(0.98), 120)))
for rate, color in RATES.items():
    new = moved(scores, rate)
    alerts = np.array([(new >= t).sum() for t in grid])
    left.plot(grid, alerts / len(days), color=color, label=f"base rate {rate:g}")

    edges = np.array([0, 0.01, 0.1, 0.3, 0.7, 1.0])
    place = np.digitize(new, edges[1:-1])
    filled = [i for i in range(len(edges) - 1) if (place == i).sum() >= 5]
    said = [new[place == i].mean() for i in filled]
    true = [poller[place == i].mean() for i in filled]
    right.plot(said, true, color=color, marker="o", label=f"base rate {rate:g}")

left.set(xscale="logit", yscale="log", xlabel="threshold on the score (log-odds scale)")
left.set(ylabel="alerts a day", title="One threshold, three base rates")
left.set_xticks(marks, [f"{t:g}" for t in marks])
left.minorticks_off()
left.set_yticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
right.plot([0, 1], [0, 1], color="black", linewidth=0.8, linestyle=":")
right.text(0.62, 0.55, "score = share", rotation=38, fontsize=9)
right.set(xlabel="mean score of the channels", ylabel="share of them that poll")
right.set(title="Does a score of 0.5 mean one in two?")
right.legend(loc="lower right", frameon=False)
plt.show()

# %% [markdown]
# Below the dotted line the score promises too much, above it too little; beside the lowest point,
# each stands for a handful of channels, so look at the lines and not at their kinks. Here the share
# of pollers among the matching channels is known; in a real network it is not, and is likely lower
# than in a simulation made to hold some. Hence: choose by budget first. It needs no base rate.

# %%
print(f"pollers among the channels that match: {poller.mean():.4f} (default base rate 0.005)")
for n in (5, 10, 20):
    found = channels.filter((pl.col("rank") <= n) & pl.col("poller")).height
    print(f"budget {n:2}: {found} of {total} pollers, {n * len(days) - found} other alerts")
