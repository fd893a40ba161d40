"""Slow, obvious twins of the timing kernel: one series, plain loops."""

import itertools
import math

from beacon.timing import background, combine, renewal, train


def collapse(times, burst):
    """Keep an event if its predecessor is more than `burst` seconds ago."""
    kept = []
    for i, time in enumerate(times):
        if i == 0 or time - times[i - 1] > burst:
            kept.append(time)
    return kept


def burst_of(times):
    """The longest burst length that leaves most gaps clear of three times itself."""
    gaps = [b - a for a, b in itertools.pairwise(times)]
    for burst in (4.0, 1.0):
        apart = [gap for gap in gaps if gap > burst]
        clear = [gap for gap in apart if gap > 3 * burst]
        if len(clear) >= 2 and 2 * len(clear) >= len(apart):
            return burst
    return 0.25


def log_density(gaps, burst):
    """Leave-one-out kernel density of each ln gap, kernels between the middles of bins."""
    low, step, width = background.LOW, background.STEP, background.WIDTH

    def middle(gap):
        place = math.floor((math.log(gap) - low) / step)
        return low + step * (min(max(place, 0), background.BINS - 1) + 0.5)

    def normal(z, sd):
        return math.exp(-0.5 * (z / sd) ** 2) / (sd * math.sqrt(2 * math.pi))

    result = []
    for i, gap in enumerate(gaps):
        u = middle(gap)
        total = normal(u - 4, 2.5)
        for j, other in enumerate(gaps):
            if j != i:
                v = middle(other)
                total += normal(u - v, width) + normal(u + v - 2 * math.log(burst), width)
        result.append(math.log(total / len(gaps)))
    return result


def tooth(span, period, spread, seen, blur):
    """Density (per second) of the time since a tick at `span` seconds."""
    k = max(1, round(span / period))
    floor = 2 * (blur / period) ** 2
    if k > min(max(train.OVERLAP / (spread**2 + floor), 2), train.TEETH):
        return 0.0
    weight = (1 - train.BACKOFF) * seen * (1 - seen) ** (k - 1)
    weight += train.BACKOFF / 4 if k in (1, 2, 4, 8) else 0
    variance = k * spread**2 + floor
    z = (span / period - k) ** 2 / variance
    return weight * math.exp(-z / 2) / math.sqrt(2 * math.pi * variance) / period


def follow(times, log_b, period, spread, seen, other, blur):
    """Log Bayes factor by the forward sum, one state a possible last tick."""
    state, lost, total = {0: 0.5}, 0.5, 0.0
    for i in range(1, len(times)):
        background_density = math.exp(log_b[i - 1])
        hit = {}
        for parent, chance in state.items():
            density = tooth(times[i] - times[parent], period, spread, seen, blur)
            hit[parent] = chance * (1 - other) * min(density / background_density, math.exp(25))
        tick, locked = sum(hit.values()), other * sum(state.values())
        z = tick + locked + lost
        total += math.log(z)
        after = {i: (tick + train.FOUND * (lost + 0.5 * locked)) / z}
        lost = (1 - train.FOUND) * lost / z
        for parent, chance in state.items():
            kept = other * chance * (1 - 0.5 * train.FOUND) / z
            if i - parent < train.PARENTS:
                after[parent] = kept
            else:
                lost += kept
        state = after
    return total


def renewal_evidence(gaps, log_b, blur):
    """Gaps about one period: plain expectation-maximisation, then the log Bayes factor."""
    n = len(gaps)
    period = median = sorted(gaps)[(n - 1) // 2]
    square, other, seen = 0.0625, 0.15, 0.9
    floor = 2 * (blur / median) ** 2
    for step in range(renewal.STEPS + 1):
        parts = []
        for gap, b in zip(gaps, log_b, strict=True):
            ratio = []
            for k, weight in ((1, seen), (2, 1 - seen)):
                variance = k * (square + floor)
                z = (gap / period - k) ** 2 / variance
                height = (1 - other) * weight / math.sqrt(2 * math.pi * variance) / period
                ratio.append(min(height * math.exp(-z / 2) / math.exp(b), math.exp(25)))
            parts.append((*ratio, other))
        if step == renewal.STEPS:
            return sum(math.log(sum(part)) for part in parts) - 1.5 * math.log(n + 1)
        first = [one / (one + two + rest) for one, two, rest in parts]
        second = [two / (one + two + rest) for one, two, rest in parts]
        hits = sum(first) + sum(second)
        residual = sum(
            a * (gap / period - 1) ** 2 + b * (gap / period - 2) ** 2 / 2
            for a, b, gap in zip(first, second, gaps, strict=True)
        )
        square = min(max((residual + 0.04) / (hits + 1) - floor, 1e-4), renewal.WIDEST**2)
        total = sum((a + b) * gap for a, b, gap in zip(first, second, gaps, strict=True))
        period = total / max(hits + sum(second), 0.5) if hits > 0.5 else median
        other = min(max((n - hits + 0.5) / (n + 2), 0.03), 0.7)
        seen = min(max((sum(first) + 3) / (hits + 3.5), 0.5), 0.99)
    raise AssertionError


def capped(total, claim):
    """What the learned sum may say beyond the members' own claim."""
    limit = max(claim, combine.LEAST_CLAIM) + combine.LEARNED_AT_MOST
    excess = max(total - limit, 0)
    return min(min(total, limit) + combine.BEYOND * excess, combine.HIGHEST)


def rule(node, values):
    """Value of a nested rule."""
    while isinstance(node, list):
        name, threshold, low, high = node
        node = high if values[name] > threshold else low
    return node
