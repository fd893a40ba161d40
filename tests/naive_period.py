"""Slow, obvious twins of the period's posterior and of the cut at a change of interval."""

import math

import numpy as np

from beacon.timing import change, habit, period


def normal(x, mean=0.0, sd=1.0):
    """Density of a normal number."""
    return math.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * math.sqrt(2 * math.pi))


def below(x):
    """Chance that a standard normal number is smaller."""
    return 0.5 * math.erfc(-x / math.sqrt(2))


def density(u, flat, spread, seen):
    """Density of the time between two ticks, in periods."""
    total = 0.0
    for k in (1, 2, 3):
        weight = seen * (1 - seen) ** (k - 1)
        half = math.sqrt(3) * spread
        if flat and k == 1:
            rise, fall = (below((u - 1 + s * half) / period.FLAT_EDGE) for s in (1, -1))
            total += weight * (rise - fall) / (2 * half)
        elif flat and k == 2:
            wide = 2 * half + 1e-3
            total += weight * max(0.0, 1 - abs(u - 2) / wide) / wide
        else:
            total += weight * normal(u, k, math.sqrt(k * spread**2 + 1e-4))
    return total


def bin_chance(place, flat, spread, seen, other, shift):
    """Mean over five points of the density of ln u in a bin, with other traffic."""
    if place is None:
        return other * 0.125
    points = []
    for part in range(5):
        u = math.exp(period.LOWEST + period.STEP * (place + (part + 0.5) / 5) - shift)
        piece = (0.5 * u if u < 1 + spread else 0) + 0.125
        points.append((1 - other) * density(u, flat, spread, seen) * u + other * piece)
    return sum(points) / 5


def chosen(seconds):
    """Density of round periods, in ln seconds."""
    x = math.log(seconds)
    total = 0.0
    for round_ in habit.ROUND_SECONDS:
        for work in period.WORK_SECONDS:
            total += normal(x, math.log(round_ + min(work, round_ / 16)), 0.012)
    return total / len(habit.ROUND_SECONDS) / len(period.WORK_SECONDS)


def best_period(times, weights, first):
    """Posterior mean of the period around the best five steps of the grid."""
    places = []
    for u in times:
        place = math.floor((math.log(u) - period.LOWEST) / period.STEP)
        places.append(place if 0 <= place < period.BINS and u <= period.LONGEST else None)
    log = {}
    for flat in (False, True):
        for spread in period.SPREADS:
            for seen in period.SEEN:
                for other in period.OTHER:
                    for s, shift in enumerate(period.SHIFTS):
                        seconds = first * math.exp(shift)
                        prior = chosen(seconds)
                        if flat:
                            prior = (prior + chosen(seconds * (1 + math.sqrt(3) * spread))) / 2
                        smooth = normal(math.log(seconds), 4.5, 3)
                        total = math.log(habit.CHOSEN * prior + (1 - habit.CHOSEN) * smooth)
                        for place, weight in zip(places, weights, strict=True):
                            chance = bin_chance(place, flat, spread, seen, other, shift)
                            total += weight * math.log(chance)
                        log[flat, spread, seen, other, s] = total
    top = max(log.values())
    steps = np.zeros(len(period.SHIFTS))
    for key, value in log.items():
        steps[key[-1]] += math.exp(value - top)
    windows = [steps[max(0, s - 2) : s + 3].sum() for s in range(steps.size)]
    middle = int(np.argmax(windows))
    near = range(max(0, middle - 2), min(steps.size, middle + 3))
    mean = sum(steps[s] * period.SHIFTS[s] for s in near) / sum(steps[s] for s in near)
    return first * math.exp(mean)


def longer_part(gaps, blur, seconds, spread):
    """Try every cut; the gaps kept and their mean, or None."""
    reach = min(max(3.5 * spread, 0.1), 0.8)
    near = [abs(gap / seconds - 1) < reach for gap in gaps]
    floor = 2 * (blur / seconds) ** 2 + 1e-4

    def cost(part):
        return len(part) * math.log(np.var(part) + floor) if part else 0.0

    def within(low, high):
        return [gaps[i] / seconds - 1 for i in range(low, high) if near[i]]

    n = sum(near)
    least = max(change.FEWEST, change.LEAST_SHARE * n)
    tried = []
    for cut in range(1, len(gaps)):
        first, second = within(0, cut), within(cut, len(gaps))
        if min(len(first), len(second)) >= least:
            gain = (cost(within(0, len(gaps))) - cost(first) - cost(second)) / 2
            tried.append((gain, -cut))
    if not tried or max(tried)[0] <= 2 * math.log(max(n, 2)) + 3:
        return None
    cut = -max(tried)[1]
    first, second = within(0, cut), within(cut, len(gaps))
    kept, inside = (first, range(cut)) if len(first) >= len(second) else (second, None)
    inside = range(cut, len(gaps)) if inside is None else inside
    return list(inside), seconds * (1 + float(np.mean(kept)))
