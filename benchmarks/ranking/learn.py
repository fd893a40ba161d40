"""From labelled channels to weights: signs, bounds, cross-fitting by company, calibration."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from beacon import evidence
from beacon.evidence.fit import Floats, Limits, centred, fit
from beacon.evidence.weights import Weights
from beacon.schema import KEY

PULL = 1.0
FOLDS = 5
ROUNDS = 2
NAMES = [term.name for term in evidence.LEARNED]
PRIOR = np.array([term.sign * term.presumed for term in evidence.LEARNED])
HIDDEN_SHARES = (0.2, 0.5, 0.8)
HIDDEN_WITH = {
    **dict.fromkeys(
        (
            "timing", "no timer", "hundreds of polls", "deliberate jitter", "lone timer",
            "lone timer all day", "lone timer at a desk", "lone timer as system",
            "lone timer on a few hosts", "lone timer at a dead drop",
        ),
        "timing",
    ),
    **dict.fromkeys(
        (
            "few contacts", "begins with the machine", "ends with the machine",
            "as long as the machine",
        ),
        "span",
    ),
    **dict.fromkeys(
        (
            "common in fleet", "common command line", "own tenant", "another's tenant",
            "lone system tool", "lone user's file",
        ),
        "fleet",
    ),
    **dict.fromkeys(
        (
            "encoded command", "hidden window", "fetch and run", "loop in command line",
            "inline code", "dead-drop link", "routine tool", "one-way", "sends",
            "lone hidden code",
        ),
        "command",
    ),
    **dict.fromkeys(
        (
            "office parent", "script-host parent", "editor or terminal parent", "editor's helper",
            "developer or CI",
            "configuration management", "updater", "security or monitoring", "chat or bot",
            "person's visit",
        ),
        "parent",
    ),
    **dict.fromkeys(("unattended host", "no developer's machine"), "host"),
    **dict.fromkeys(("dead-drop service", "chat service"), "service"),
}  # fmt: skip
"""Terms that a source lacks together."""
EDGE = np.array([term.sign * term.bound for term in evidence.LEARNED])
LEAST = np.array([term.sign * term.least for term in evidence.LEARNED])


class Data(NamedTuple):
    """Labelled channels and their strands.

    Attributes:
        strengths: (n, K), nan where not observable.
        poller: (n,) the truth of the channel.
        seed: (n,) the company, which no fold splits: no host and no campaign is on both sides.
        kind: (n,) kind of behaviour.
        channel: (n,) number of the channel; its rows are itself and its strands, of which the
            one that weighs most speaks.
    """

    strengths: Floats
    poller: NDArray[np.bool_]
    seed: NDArray[np.int64]
    kind: NDArray[Any]
    channel: NDArray[np.int64]

    def where(self, rows: NDArray[np.bool_]) -> "Data":
        return Data(*(column[rows] for column in self))

    def worst(self, log_odds: Floats) -> NDArray[np.int64]:
        """For each channel, in the order of their numbers, the row that weighs most."""
        order = np.lexsort((log_odds, self.channel))
        return order[np.append(self.channel[order][1:] != self.channel[order][:-1], True)]


def data(channels: pl.DataFrame) -> Data:
    known = evidence.speakers(channels.filter(pl.col("label").is_not_null()), ("seed", *KEY))
    number = pl.struct("seed", "host", "process", "domain").rank("dense").cast(pl.Int64)
    return Data(
        evidence.strengths(known).select(NAMES).fill_null(float("nan")).to_numpy(),
        (known["label"] == "poller").to_numpy(),
        known["seed"].to_numpy(),
        known["kind"].to_numpy(),
        known.select(number).to_series().to_numpy(),
    )


def ordinary(d: Data) -> Floats:
    """Mean strength over benign channels where observable; 0 for what never is."""
    benign = d.strengths[~d.poller]
    seen = np.isfinite(benign).any(axis=0)
    means = np.zeros(len(NAMES))
    means[seen] = np.nanmean(benign[:, seen], axis=0)
    return means


def limits(pull: float = PULL) -> Limits:
    return Limits(
        PRIOR.copy(),
        np.minimum(LEAST, EDGE),
        np.maximum(LEAST, EDGE),
        np.full(len(NAMES), pull),
    )


def features(strengths: Floats, mean: Floats) -> Floats:
    """(n, 2K): centred strengths, and which terms are observable."""
    return np.hstack([centred(strengths, mean), np.isfinite(strengths).astype(float)])


def learn(
    d: Data, without: Sequence[str] = (), pull: float = PULL, *, offsets: bool = True
) -> tuple[Floats, float, Floats]:
    """Weights and offsets (2K,), log-odds of the base rate, and ordinary strengths (K,).

    Which strand speaks for a channel depends on the weights, and these on which strand speaks: a
    few rounds settle it.

    Args:
        d: labelled channels and strands.
        without: terms that may not weigh.
        pull: of the prior.
        offsets: learn the offsets too; where only the order counts they may stay 0.
    """
    mean, bounds = ordinary(d), limits(pull)
    for name in without:
        column = NAMES.index(name)
        bounds.low[column] = bounds.high[column] = bounds.prior[column] = 0.0
    rate = d.poller[d.worst(np.zeros(d.poller.size))].mean()
    base = float(np.log(rate) - np.log1p(-rate))
    x, weight = centred(d.strengths, mean), np.clip(bounds.prior, bounds.low, bounds.high)
    for _ in range(ROUNDS):
        spoken = d.worst(x @ weight)
        weight, _ = fit(x[spoken], d.poller[spoken], bounds)
    spoken = d.worst(x @ weight)
    off = _offsets(d.where(spoken), weight, mean, base) if offsets else np.zeros(weight.size)
    return np.append(weight, off), base, mean


def _offsets(d: Data, weight: Floats, mean: Floats, base: float) -> Floats:
    """What being able to see a term takes off a channel that is average in it (K,).

    Learned, with the weights held, from every channel whole and with some families hidden, so that
    a channel of which less is known gets a score that is as honest.
    """
    hidden = _masks(np.random.default_rng(0), d)
    copies = [d.strengths, *(np.where(mask, np.nan, d.strengths) for mask in hidden)]
    x = np.vstack([features(copy, mean) for copy in copies])
    count = weight.size
    held = Limits(
        np.append(weight, np.zeros(count)),
        np.append(weight, np.full(count, -9.0)),
        np.append(weight, np.zeros(count)),
        np.full(2 * count, PULL / 10),
    )
    found, _ = fit(x, np.tile(d.poller, len(copies)), held, intercept=base)
    return found[count:]


def _masks(rng: np.random.Generator, d: Data) -> list[NDArray[np.bool_]]:
    """For each copy of the data, what is hidden in it (n, K): whole families, each at random."""
    families = {}
    for term in evidence.LEARNED:
        families.setdefault(HIDDEN_WITH.get(term.name, term.name), len(families))
    family = np.array([families[HIDDEN_WITH.get(name, name)] for name in NAMES])
    return [
        (rng.random((d.poller.size, len(families))) < share)[:, family] for share in HIDDEN_SHARES
    ]


def predict(d: Data, weight: Floats, base: float, mean: Floats) -> Floats:
    """Log-odds of every row (n,)."""
    return np.asarray(features(d.strengths, mean) @ weight + base)


def cross_fitted(
    d: Data, taught: Data | None = None, folds: int = FOLDS, **options: Any
) -> tuple[Data, Floats]:
    """The rows that speak for their channels, with log-odds learned from other companies.

    Args:
        d: channels to judge.
        taught: channels to learn from, of the same companies or more; `d` where None.
        folds: parts into which companies are dealt.
        options: for `learn`.
    """
    taught = taught or d
    out = np.zeros(d.poller.size)
    for n in range(folds):
        judged = d.seed % folds == n
        if judged.any():
            lesson = learn(taught.where(taught.seed % folds != n), **options)
            out[judged] = predict(d.where(judged), *lesson)
    spoken = d.worst(out)
    return Data(*(column[spoken] for column in d)), out[spoken]


def weights(d: Data, provenance: dict[str, Any]) -> Weights:
    """What is shipped: learned from all companies."""
    weight, base, mean = learn(d)
    log_odds, offset = np.split(weight, 2)
    return Weights(
        log_odds=_named(log_odds),
        ordinary=_named(mean),
        offset=_named(offset),
        base_rate=round(float(1 / (1 + np.exp(-base))), 6),
        provenance=provenance,
    )


def _named(values: Floats) -> dict[str, float]:
    return {name: round(float(v), 4) + 0.0 for name, v in zip(NAMES, values, strict=True)}
