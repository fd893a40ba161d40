"""Seeded traffic without a timer: people, and programs that people or the network set off."""

import numpy as np

from benchmarks.timing.positives import DAY


def _scale(rng, low=2.0, high=7200.0):
    return np.exp(rng.uniform(np.log(low), np.log(high)))


def poisson(rng, n):
    return np.cumsum(rng.exponential(_scale(rng), n))


def diurnal(rng, n):
    """Poisson with a day curve, by thinning."""
    scale, phase, depth = _scale(rng, 20), rng.uniform(0, DAY), rng.uniform(0.7, 1)
    times = np.cumsum(rng.exponential(scale, 8 * n + 20))
    keep = 1 - depth * (0.5 + 0.5 * np.cos(2 * np.pi * (times + phase) / DAY))
    return times[rng.random(len(times)) < keep][:n]


def sessions(rng, n):
    """Visits apart by long breaks; inside a visit log-normal think times."""
    think, wide, mean_length = _scale(rng, 2, 120), rng.uniform(0.8, 1.6), rng.uniform(3, 30)
    gaps = think * rng.lognormal(0, wide, n)
    new = rng.random(n) < 1 / mean_length
    return np.cumsum(np.where(new, rng.exponential(think * rng.uniform(20, 200), n), gaps))


def hawkes(rng, n):
    """Every event sets off others: branching ratio .3 to .9, exponential delays."""
    ratio, delay = rng.uniform(0.3, 0.9), _scale(rng, 1, 300)
    times, roots = [], np.cumsum(rng.exponential(delay * rng.uniform(3, 30), n))
    generation = roots
    while generation.size and generation.size < 20 * n + 50:
        times.append(generation)
        children = rng.poisson(ratio, generation.size)
        generation = np.repeat(generation, children)
        generation = generation + rng.exponential(delay, generation.size)
    return np.sort(np.concatenate(times))[:n]


def packages(rng, n):
    """Installs: bursts of 5 to 200 downloads, long quiet between them."""
    times, now = [], 0.0
    while sum(map(len, times)) < n:
        burst = np.cumsum(rng.lognormal(np.log(rng.uniform(0.05, 2.5)), 0.9, rng.integers(5, 200)))
        times.append(now + burst)
        now = times[-1][-1] + _scale(rng, 120, 40_000)
    return np.concatenate(times)[:n]


def pages(rng, n):
    """Page views at log-normal think times, each with 1 to 20 requests within seconds."""
    views = np.cumsum(_scale(rng, 8, 300) * rng.lognormal(0, rng.uniform(0.9, 1.5), n))
    fan, width = rng.integers(1, rng.integers(2, 21), n), rng.uniform(0.2, 4)
    return np.sort(np.repeat(views, fan) + rng.exponential(width, fan.sum()))[:n]


def keepalive(rng, n):
    """Requests of a person over connections that close after an idle timeout.

    A connection is opened only when none is left: a gap is a busy period and then a wait.
    """
    timeout = rng.choice([5, 15, 30, 60, 100, 120, 240, 300])
    wait = timeout * np.exp(rng.uniform(np.log(0.4), np.log(4)))
    if rng.random() < 0.5:
        return np.cumsum(timeout + rng.exponential(wait, n))
    requests = np.cumsum(rng.exponential(wait, int(n * np.exp(timeout / wait)) + 20))
    opened = np.concatenate(([True], np.diff(requests) > timeout))
    return requests[opened][:n]


def retries(rng, n):
    """Outages: each a storm of doubling retries (plain or fully jittered), then quiet."""
    base, times, now = _scale(rng, 0.5, 8), [], 0.0
    quiet, full = _scale(rng, 200, 20_000), rng.random() < 0.5
    while len(times) < n:
        step = base
        for _ in range(rng.integers(2, 8)):
            times.append(now)
            now += step * (rng.random() if full else rng.uniform(0.8, 1.2))
            step = 2 * step
        now += rng.exponential(quiet)
    return np.array(times[:n])


def workday(rng, n):
    """Poisson by a person during office hours only."""
    scale, start, length = _scale(rng, 20, 3600), rng.uniform(7, 10), rng.uniform(7, 10)
    busy = np.cumsum(rng.exponential(scale, n)) + rng.uniform(0, length * 3600)
    day, rest = np.divmod(busy, length * 3600)
    return DAY * (day + 2 * (day // 5)) + start * 3600 + rest


def few(rng, n):
    """A handful of unrelated events: uniform in a window, or log-uniform gaps."""
    n = min(n, int(rng.integers(3, 9)))
    if rng.random() < 0.5:
        return np.sort(rng.uniform(0, _scale(rng, 60, 10 * DAY), n))
    return np.cumsum(np.exp(rng.uniform(np.log(1), np.log(_scale(rng, 30, DAY)), n)))


CLASSES = {
    "poisson": poisson, "diurnal": diurnal, "sessions": sessions, "hawkes": hawkes,
    "packages": packages, "pages": pages, "keepalive": keepalive, "retries": retries,
    "workday": workday, "few": few,
}  # fmt: skip


def lognormal(rng, n):
    return np.cumsum(_scale(rng) * rng.lognormal(0, 0.6, n))


def gamma(rng, n):
    return np.cumsum(_scale(rng) * rng.gamma(rng.uniform(4, 8), 1, n))


def video(rng, n):
    return np.cumsum(rng.uniform(4, 10, n))


ADVERSARIAL = {"lognormal .6": lognormal, "gamma 4-8": gamma, "video chunks": video}
"""Renewals with gaps so alike that any test of timing alone must concede them."""


def _renewal(rng, n):
    """Design only: renewals of every heavy-tailed sort, beyond the named classes."""
    pick = rng.integers(5)
    if pick == 0:
        gaps = rng.lognormal(0, rng.uniform(0.8, 2.5), n)
    elif pick == 1:
        gaps = rng.weibull(rng.uniform(0.4, 1.2), n)
    elif pick == 2:
        gaps = rng.gamma(rng.uniform(0.3, 1.7), 1, n)
    elif pick == 3:
        short = rng.random(n) < rng.uniform(0.2, 0.8)
        gaps = np.where(short, 1, _scale(rng, 3, 300)) * rng.lognormal(0, rng.uniform(0.7, 1.2), n)
    else:
        gaps = rng.pareto(rng.uniform(0.8, 3), n) + rng.uniform(0, 0.3)
    return np.cumsum(_scale(rng) * gaps)


def _mixture(rng, n):
    """Design only: two classes on one channel."""
    first, second = rng.choice(list(CLASSES), 2, replace=False)
    part = max(2, int(n * rng.uniform(0.2, 0.8)))
    a, b = CLASSES[first](rng, part), CLASSES[second](rng, max(2, n - part))
    if not a.size or not b.size:
        return a
    return np.sort(np.concatenate([a, b * (np.ptp(a) + 1) / (np.ptp(b) + 1)]))[: max(n, 3)]


DESIGN = {**CLASSES, "renewal": _renewal, "mixture": _mixture}


def draw(rng, n, name):
    """One negative of about n events: times; some in whole seconds as exports have them."""
    while True:
        times = DESIGN[name](rng, n) if name in DESIGN else ADVERSARIAL[name](rng, n)
        if len(times) >= 3:
            return np.floor(times) if rng.random() < 0.1 else times
