# ruff: noqa: E501 (tables read better unbroken)
"""The model card: what the weights are, from what, how good, and what they are not for."""

from collections.abc import Mapping, Sequence
from typing import Any

from beacon import evidence
from beacon.evidence.weights import Weights

_TEXT = """# Model card: the weights of the evidence

One number a term, in `beacon/evidence/weights.json`: log-odds that a term adds when it fires in
full. Written by `{command}`; do not edit by hand, retrain.

## What it is

Logistic regression, centred, with three restraints: a term can only move the score the way its
question says (sign), by at most a bound of its own, 3.5 log-odds or less, and is pulled towards nothing as strongly
as {pull} rows of full information would (ridge; what an analyst would presume, mostly half a unit). What simulated
days answer weakly and every analyst asks all the same keeps a least weight of 0.3 to 1.

A term that is not observable counts as average: the ledger's entry "as any channel" takes off what
an average channel shows in the terms that are observable, and what seeing them says of a channel
that is average in them (learned by hiding families of terms at random). `[rank] base_rate` moves all scores by
the same log-odds; the weights were learned at {base_rate:.4f}.

## From what

Simulated days only (`beacon.simulate`, seeds {first} to {last}, {hosts} hosts each; commit
{commit}, {date}): {channels} channels, {pollers} of them pollers. Each seed is another company; folds
split companies, so no host and no campaign is on both sides. It is not real traffic: the figures
say how methods compare, not what they find in a given network. `beacon tune` refits from here
with an analyst's verdicts.

## How good

Cross-fitted over companies: mean average precision {ap} (95 % interval over days {low} to {high}),
expected calibration error {ece}. By kind of implant, with the kind in training and left out of it
(average precision against the benign channels of the same days):

| kind | channels | in training | left out |
|---|---|---|---|
{kinds}

## What one day cannot tell

A ceiling, measured once on such days, seeds 0 to 99, kept apart by company in five folds, with every kind in training: boosted
trees of depth 3 that see every term and some forty raw columns beside (hours, folders, accounts, periods) reach
0.960 over all kinds, the additive form 0.936. On two of the folds, where the additive form has 0.945: trees that
see the terms alone 0.970, pairs of terms (depth 2) 0.965, one term at a time (stumps) 0.956, logistic regression
without the restraints above 0.955. So raw columns add nothing to the terms; two fifths of the gap are the
restraints, kept for traffic that nobody simulated, and the rest are pairs, hundreds of polls with a program that
goes on as long as the machine before all. Even the trees leave 11 of 30 kinds below 0.88. Average precision of the
kinds that either ranks badly:

| kind | trees | additive | why |
|---|---|---|---|
| clean_task | 0.10 | 0.19 | a script of a plain name in a plain folder, by the scheduler: what a dashboard or a list puller looks like |
| python_task, curl_task | 0.70, 0.78 | 0.75, 0.81 | few polls, no folder in the command line, an account as agents have |
| python_service | 0.74 | 0.67 | a service account and a product's folder, as a home-grown service has |
| curl_loop, instances, macro_loader, powershell_task | 0.74, 0.80, 0.83, 0.85 | 0.75, 0.82, 0.85, 0.86 | benign scripts from the same folders, by the same parents, at the same periods |
| msiexec_task, ruby_loop | 0.78, 0.87 | 0.61, 0.76 | three and eleven channels |
| slow | 0.88 | 0.69 | four to eleven polls a day; a history of days sees the timer ([telemetry](telemetry.md)) |
| interval_change, mshta_loop, script_host_task | 0.95, 0.98, 0.90 | 0.82, 0.85, 0.80 | pairs of terms tell more than their sum |

Half of what stands above a poller are dashboards of social media, home-grown agents, hobby bots, portable updaters
and macros that refresh: generated as implants are, but for the intent.

On the days above, {good} of {all} kinds reach 0.88 left out of training.

## The weights

| term | log-odds | mean over benign | asks |
|---|---|---|---|
{terms}

## What verdicts add

A simulated analyst reads twenty lines a day for a week (12 companies, 55 verdicts each;
`python -m benchmarks.ranking.verdicts`). Precision at 20 of the following week, verdicts as evidence and
weights refitted: 0.349 to 0.365 where the malware stays, gain +0.016 (+0.006 to +0.028);
0.375 to 0.381, gain +0.006 (+0.001 to +0.012), where other malware comes. With 20 % of the verdicts flipped:
+0.009 (-0.001 to +0.020) and +0.003 (+0.000 to +0.007), the worst company -0.010. No refit moved a channel
by more than 0.56 log-odds; the bound is 1. Few channels of a day are pollers, so most of what twenty
lines can hold is there before any verdict.

## What it is not for

Blocking, or judging a person. A benign explanation lowers a rank and never deletes: an implant that
copies an agent in every sign (folder, parent, account, rhythm, on many hosts) will rank as one.
"""


def write(weights: Weights, left_out: Sequence[Mapping[str, Any]]) -> str:
    p = weights.provenance
    figures = p["cross_fitted"]
    return _TEXT.format(
        command=p["command"],
        pull=p["pull"],
        base_rate=weights.base_rate,
        first=p["seeds"][0],
        last=p["seeds"][1],
        hosts=p["hosts"],
        commit=p["commit"],
        date=p["date"],
        channels=p["channels"],
        pollers=p["pollers"],
        ap=figures["mean_average_precision"],
        low=figures["interval_95"][0],
        high=figures["interval_95"][1],
        ece=figures["expected_calibration_error"],
        good=sum(row["without_kind"] >= 0.88 for row in left_out),
        all=len(left_out),
        kinds="\n".join(
            "| {kind} | {channels} | {with_kind:.3f} | {without_kind:.3f} |".format(**row)
            for row in left_out
        ),
        terms="\n".join(
            f"| {t.name} | {weights.of(t.name):+.2f} | {weights.ordinary[t.name]:.3f} | {t.question} |"
            for t in evidence.LEARNED
        ),
    )
