"""From members to one number: an honest log10 Bayes factor and its p-value.

`weights.json` holds short decision trees over the members, learned from simulated timers and
traffic of many kinds (`python -m benchmarks.timing.fit`), as nested rules
[member, threshold, value or rule if not above, value or rule if above]; their sum is a log10
Bayes factor, and more of a claim never lowers it. It also holds, for each number of polls, the
evidence that traffic without a timer exceeds with a given chance: in the worst class of traffic.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

DEPTH = 4
CLAIMS = ("renewal", "ticks", "pooled")
"""Members that are log evidences of a timer."""
HIGHEST = 5.0
"""Log10 beyond which nothing is claimed: no more was seen than 300,000 series without a timer."""
LEARNED_AT_MOST, BEYOND = 1.5, 0.25
"""Log10 by which the sum may exceed the best of `CLAIMS`, and the share of any more that counts:
traffic that the rules never learned from is still judged by likelihood, yet kept in order."""
LEAST_CLAIM = -1.0
"""Log10 below which a claim is taken to be that low."""


@lru_cache(maxsize=1)
def weights() -> dict[str, Any]:
    """Read the learned numbers."""
    path = Path(__file__).with_name("weights.json")
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def unfold(rule: Any, names: list[str], depth: int = DEPTH) -> tuple[list[Any], list[float]]:
    """A nested rule as a complete binary tree.

    Returns:
        (index of the member, threshold) of each inner node, breadth first, and the leaves.
    """
    level, inner = [rule], []
    for _ in range(depth):
        below = []
        for node in level:
            name, threshold, low, high = (
                node if isinstance(node, list) else (names[0], 0, node, node)
            )
            inner.append((names.index(name), threshold))
            below += [low, high]
        level = below
    return inner, level


def log10_evidence(found: dict[str, Array], learned: dict[str, Any] | None = None) -> Array:
    """Combine the members.

    Args:
        found: name -> (R,) members, and `polls`.
        learned: the numbers to use instead of `weights()`.
    """
    learned = learned or weights()
    names = learned["members"]
    values = np.stack([found[name] for name in names]).astype(float)
    here = np.arange(values.shape[1])
    total = np.full(here.size, learned["base"])
    for rule in learned["rules"]:
        inner, leaves = unfold(rule, names)
        member = np.array([index for index, _ in inner])
        threshold = np.array([value for _, value in inner])
        node = np.zeros(here.size, np.int64)
        for _ in range(DEPTH):
            node = 2 * node + 1 + (values[member[node], here] > threshold[node])
        total += np.array(leaves)[node - len(inner)]
    limit = np.maximum(claim(found), LEAST_CLAIM) + LEARNED_AT_MOST
    capped: Array = np.minimum(total, limit + BEYOND * np.maximum(total - limit, 0))
    return np.minimum(capped, HIGHEST)


def claim(found: dict[str, Array]) -> Array:
    """What the member that likes the timer best says of it, in log10; not calibrated."""
    best = np.max([found[name] for name in CLAIMS], axis=0)
    result: Array = (best + np.maximum(found["habit"], 0)) / np.log(10)
    return result


def p_value(evidence: Array, polls: Array) -> Array:
    """Chance that traffic without a timer, of the class most like one, reaches this evidence.

    Interpolated in ln p between tabulated levels; past the last one p falls as 10^-evidence,
    the bound that a true Bayes factor obeys (Markov's inequality).
    """
    table = weights()["p_value"]
    row = np.searchsorted(table["polls"], polls, side="right") - 1
    log_p, p = np.log(table["p"]), np.ones(evidence.size)
    for index, levels in enumerate(table["evidence"]):
        mine = row == index
        past = np.maximum(evidence[mine] - levels[-1], 0) * np.log(10)
        p[mine] = np.exp(np.interp(evidence[mine], levels, log_p) - past)
    return np.clip(p, 1e-300, 1.0)
