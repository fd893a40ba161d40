# %% [markdown]
# # Triage of one day
#
# From an export to the few things worth asking. The day is `examples/day.parquet`, a simulated
# company of 40 devices; put the path of your own export there. Everything an export holds was
# chosen by whoever wrote it, so text goes through `visible` before it is printed.

# %%
from pathlib import Path

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import polars as pl

import beacon
from beacon import report
from beacon.inert import visible
from beacon.report import story

EXPORT = Path(beacon.__file__).parents[1] / "examples" / "day.parquet"
TOP = 8
PERIODS = 20  # of a channel, in the close-up
BLUE, ORANGE, GREY = "#1f5fa8", "#c8641b", "#8a8f98"

plt.rcParams.update({"figure.constrained_layout.use": True, "text.parse_math": False})
plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})

# %%
result = beacon.score(EXPORT)
summary = result.summary
print(f"{summary.rows:,} rows of {summary.hosts} hosts, {summary.kept:,} match the rule")
print(f"{result.channels.height} channels, {result.alerts.height} alerts within the budget")
print(f"from {summary.first:%Y-%m-%d %H:%M} to {summary.last:%Y-%m-%d %H:%M} UTC")

# %% [markdown]
# ## The short list, in sentences
#
# What was seen, what speaks for it, what against it. The numbers are log-odds: +2.3 makes the odds
# ten times as high.

# %%
top = result.alerts.head(TOP)
rows = top.to_dicts()
told = [story.tell(row) for row in rows]
for row, said in zip(rows, told, strict=True):
    print(f"{row['rank']:>2}. {visible(said.headline)}")
    print(f"    {visible(said.standing)}")
    print(f"    {visible(said.case)}\n")

# %% [markdown]
# ## When they spoke
#
# One tick a connection. A timer draws a comb, a person draws clumps; a comb that ends at lunch was
# a person's after all. The grey lines say from when to when the device itself was heard: silence
# outside them says nothing. On the right the first periods of each, in its own unit: what is a
# solid bar over the day is a comb there, and a jittered timer slips against the full periods.

# %%
plain = [{key: visible(row[key]) for key in ("host", "process", "domain")} for row in rows]
names = ["{host}: {process}\n{domain}".format(**row) for row in plain]
exact = result.timeline.drop_nulls("Timestamp")
times = [exact.filter(alert_id=row["alert_id"])["Timestamp"].sort() for row in rows]
devices = {device["host"]: device for device in summary.coverage.devices.to_dicts()}

figure, (axes, close) = plt.subplots(
    1, 2, figsize=(12, 0.55 * len(rows) + 1.2), sharey=True, width_ratios=(3, 2)
)
for place, row in enumerate(rows):
    if device := devices.get(row["host"]):
        axes.hlines(place, device["first"], device["last"], color=GREY, linewidth=0.8, zorder=0)
    axes.vlines(times[place].to_list(), place - 0.32, place + 0.32, color=BLUE, linewidth=0.6)
    if row["period_seconds"]:
        turns = (times[place] - times[place][0]).dt.total_seconds(fractional=True)
        near = (turns / row["period_seconds"]).to_numpy()
        near = near[near <= PERIODS]
        close.vlines(near, place - 0.32, place + 0.32, color=BLUE, linewidth=0.8)
axes.set_yticks(range(len(rows)), names, fontsize=8)
axes.invert_yaxis()
axes.xaxis.set_major_formatter(mdates.DateFormatter("%H:%M"))
axes.set(xlabel="UTC", title="Connections of the top alerts")
close.set(xlabel="periods since the first connection", title=f"Close-up: {PERIODS} periods")
close.set_xticks(range(0, PERIODS + 1, 5))
close.tick_params(axis="y", length=0)
axes.tick_params(axis="y", length=0)
plt.show()

# %% [markdown]
# ## Gap by gap
#
# The same as gaps between connections, on a log scale. A timer is one narrow hump at its period
# (the dotted line, where `beacon` fitted one); what lies far to the left are the connections of one
# poll, which `beacon` takes together before it times anything.

# %%
COLUMNS = 4
tall = -(-len(rows) // COLUMNS)
figure, grid = plt.subplots(
    tall, COLUMNS, figsize=(12, 2.3 * tall + 0.4), sharex=True, squeeze=False
)
bins = np.geomspace(0.01, 86_400, 71)
for panel, row, name, moments in zip(grid.flat, rows, names, times, strict=False):
    gaps = moments.diff().drop_nulls().dt.total_microseconds().to_numpy() / 1e6
    panel.hist(np.clip(gaps, bins[0], None), bins=bins, color=BLUE)
    if row["period_seconds"]:
        panel.axvline(row["period_seconds"], color=ORANGE, linestyle=":", linewidth=1.5)
    panel.set_title(name, fontsize=8)
    panel.set_xscale("log")
    panel.set_xticks([0.01, 1, 60, 3600], ["10 ms", "1 s", "1 min", "1 h"], fontsize=8)
    panel.minorticks_off()
    panel.tick_params(axis="y", labelsize=8)
for panel in grid.flat[len(rows) :]:
    panel.set_axis_off()
figure.supxlabel("gap between connections", fontsize=9)
plt.show()

# %% [markdown]
# ## Why the first alert is first
#
# The ledger: from the base rate, each term moves the log-odds, and the last total is the score's.
# Terms that could not be seen are no evidence either way; they are listed below the plot.

# %%
steps = [step for step in told[0].ledger if step.state == "prior" or abs(step.weight) >= 0.05]
figure, axes = plt.subplots(figsize=(9, 0.34 * len(steps) + 1.2))
for place, step in enumerate(steps):
    color = GREY if step.state == "prior" else ORANGE if step.weight > 0 else BLUE
    axes.barh(place, step.weight, left=step.total - step.weight, height=0.6, color=color)
    edge = max(step.total, step.total - step.weight)
    axes.text(edge + 0.08, place, f"{step.weight:+.1f}", va="center", fontsize=8)
axes.axvline(0, color="black", linewidth=0.8)
axes.set_yticks(range(len(steps)), [visible(step.name) for step in steps], fontsize=8)
axes.invert_yaxis()
axes.use_sticky_edges = False
axes.margins(x=0.08, y=0.02)
axes.set(xlabel="log-odds so far (0: as likely as not)", title="Ledger of the first alert")
plt.show()
print("not observable:", ", ".join(story.silent(told[0].ledger, "not observable")) or "nothing")

# %% [markdown]
# ## What to ask next
#
# `report.explain` says all that is known of one alert, with every question as KQL to paste into
# advanced hunting; for the next two, the first question only. Read
# [the playbook](../docs/playbook.md) for the terms that carry the score, look for what would refute
# them first, and close with a verdict: it is what `beacon tune` learns from.

# %%
print(report.explain(rows[0], width=100))

# %%
for row, said in zip(rows[1:3], told[1:3], strict=True):
    print(f"== {row['rank']}. {visible(row['host'])}: {said.queries[0].question}\n")
    print(said.queries[0].kql)
    print(f"{said.label}\n")

# %% [markdown]
# ## The same programs elsewhere
#
# Alerts that share program and service are one question, not several: one script on two devices is
# either a rollout or a campaign, and one answer closes both.

# %%
together = (
    result.alerts.group_by("process", "domain", maintain_order=True)
    .agg(hosts=pl.col("host").n_unique(), best=pl.col("rank").min(), score=pl.col("score").max())
    .filter(pl.col("hosts") > 1)
)
for group in together.iter_rows(named=True):
    place = visible(f"{group['process']} > {group['domain']}")
    print(f"{place}: {group['hosts']} hosts, best rank {group['best']}, score {group['score']:.2f}")
