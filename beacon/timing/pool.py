"""Above one channel: several runs of a program in one, and one timer spread over several.

A channel is looked at in up to three views: itself; each run of its program alone (three agents
of one image interleave); and the pool of all listed services of its host and process (a poller
that rotates over dead drops). The views are hypotheses of equal weight: the evidence is the log
of the mean of their Bayes factors, so every look is paid for. Splitting is never the only view:
a scheduled task is a new run at every poll.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from beacon.timing.kernel import measure

Array = NDArray[Any]

SOURCES = np.array(["channel", "instance", "pooled"])
MOST = 16
"""Services in a pool: a program that talks to more is no rotation."""
JOINS = 0.6
"""Ticks that a channel must add to its pool for each of its own polls."""
FEWEST = 3
"""Connections without which a run or a channel says nothing."""


def score_channels(
    times: Array, offsets: Array, instances: Array, pools: Array
) -> dict[str, Array]:
    """Score channels together with their runs and their pool.

    Args:
        times: (N,) float64 seconds, ascending inside each channel.
        offsets: (G + 1,) int64; channel g is times[offsets[g]:offsets[g + 1]].
        instances: (N,) integer naming the run of the program of each event; -1 where unknown.
        pools: (G,) integer shared by the channels of one host and process; -1 for none.

    Returns:
        The columns of `measure` with the evidence and p-value over all views and the timer of
        the view that explains the channel best; and `source`, which view that is.
    """
    times, offsets = np.asarray(times, float), np.asarray(offsets, np.int64)
    channels = np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
    own = measure(times, offsets)
    run_of, runs = _runs(times, channels, np.asarray(instances))
    pool_of, pooled = _pools(times, offsets, np.asarray(pools), own["polls"])
    views = [
        (own["evidence"], own["p_value"], np.arange(own["polls"].size)),
        _best(run_of, runs, own["polls"].size),
        _best(pool_of, pooled, own["polls"].size),
    ]
    evidence = np.stack([view[0] for view in views])
    tried = np.isfinite(evidence).sum(0)
    source = np.argmax(evidence, axis=0)
    result = dict(own)
    result["evidence"] = _log10_mean(evidence, tried)
    result["p_value"] = np.minimum(np.stack([view[1] for view in views]).min(0) * tried, 1.0)
    for code, found in ((1, runs), (2, pooled)):
        mine = source == code
        for name in ("period_seconds", "jitter_fraction", "coverage", "share"):
            result[name] = np.where(mine, _take(found[name], views[code][2]), result[name])
    return {**result, "source": SOURCES[source]}


def _runs(times: Array, channels: Array, instances: Array) -> tuple[Array, dict[str, Array]]:
    """Channel of each run with enough events, in channels of several runs; their measures."""
    order = np.lexsort((times, instances, channels))
    channel, instance = channels[order], instances[order]
    new = np.ones(order.size, bool)
    new[1:] = (channel[1:] != channel[:-1]) | (instance[1:] != instance[:-1])
    start = np.flatnonzero(new)
    size = np.diff(np.append(start, order.size))
    several = np.bincount(channel[start], minlength=1)[channel[start]] > 1
    kept = (size >= FEWEST) & several & (instance[start] >= 0)
    inside = np.repeat(kept, size)
    edges = np.concatenate(([0], np.cumsum(size[kept]))).astype(np.int64)
    return channel[start[kept]], measure(times[order][inside], edges)


def _pools(
    times: Array, offsets: Array, pools: Array, polls: Array
) -> tuple[Array, dict[str, Array]]:
    """Channels that a pooled timer explains, each with the measures of its pool.

    A channel belongs to the pooled timer if most of its polls are ticks: the pool has that many
    more ticks than the pool without it. A bystander adds polls but hardly any tick; the pool is
    measured again without such ones.
    """
    groups = _groups(pools, np.flatnonzero((pools >= 0) & (np.diff(offsets) > 0)))
    together = _spread(_measure([_merge(times, offsets, group) for group in groups]), groups)
    rest = [_merge(times, offsets, group[group != c]) for group in groups for c in group]
    channels = np.concatenate([*groups, np.zeros(0, np.int64)])
    added = _ticks(together) - _ticks(_measure(rest))
    groups = _groups(pools, channels[added >= JOINS * polls[channels]])
    found = _measure([_merge(times, offsets, group) for group in groups])
    return np.concatenate([*groups, np.zeros(0, np.int64)]), _spread(found, groups)


def _groups(pools: Array, channels: Array) -> list[Array]:
    """The channels of each pool, where there are at least two and at most `MOST`."""
    order = channels[np.argsort(pools[channels], kind="stable")]
    groups = np.split(order, np.flatnonzero(np.diff(pools[order])) + 1)
    return [group for group in groups if 1 < group.size <= MOST]


def _spread(found: dict[str, Array], groups: list[Array]) -> dict[str, Array]:
    """One row a channel from one row a group."""
    which = np.repeat(np.arange(len(groups)), [group.size for group in groups])
    return {name: values[which] for name, values in found.items()}


def _ticks(found: dict[str, Array]) -> Array:
    ticks: Array = np.nan_to_num(found["share"]) * found["polls"]
    return ticks


def _merge(times: Array, offsets: Array, channels: Array) -> Array:
    return np.sort(np.concatenate([times[offsets[c] : offsets[c + 1]] for c in channels]))


def _measure(series: list[Array]) -> dict[str, Array]:
    edges = np.concatenate(([0], np.cumsum([one.size for one in series]))).astype(np.int64)
    return measure(np.concatenate([*series, np.zeros(0)]), edges)


def _best(owner: Array, found: dict[str, Array], channels: int) -> tuple[Array, Array, Array]:
    """Evidence, p-value and best series of each channel's view; -inf, 1 and -1 where none.

    Of k series either one is a timer, each as likely (the mean of the Bayes factors), or all
    are (their product); the p-value is the smallest times k.
    """
    evidence = np.full(channels, -np.inf)
    p, best = np.ones(channels), np.full(channels, -1)
    if not owner.size:
        return evidence, p, best
    number = np.bincount(owner, minlength=channels)
    has = number > 0
    order = np.argsort(found["evidence"], kind="stable")
    best[owner[order]] = order
    top = found["evidence"][best]
    some = np.bincount(owner, 10.0 ** (found["evidence"] - top[owner]), channels)
    one = top + np.log10(np.where(has, some, 1) / np.maximum(number, 1))
    every = np.bincount(owner, found["evidence"], channels)
    evidence[has] = (np.logaddexp2(one * LOG2, every * LOG2) / LOG2 - np.log10(2))[has]
    np.minimum.at(p, owner, found["p_value"])
    return evidence, np.minimum(p * np.maximum(number, 1), 1), best


LOG2 = np.log2(10)


def _log10_mean(evidence: Array, tried: Array) -> Array:
    top = evidence.max(0)
    mean: Array = top + np.log10((10.0 ** (evidence - top)).sum(0) / tried)
    return mean


def _take(values: Array, index: Array) -> Array:
    return np.append(values, np.nan)[index]
