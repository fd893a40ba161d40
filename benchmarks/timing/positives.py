"""Seeded timers: kinds of schedule, and what the world does to their polls."""

from typing import NamedTuple

import numpy as np

DAY = 86_400.0
PERIODS = (5, 30, 60, 300, 900, 3600, 21_600)
KINDS = (
    "sleep", "cob.0", "cob.1", "cob.2", "cob.37", "cob.5", "sym.1", "sym.2", "sym.37", "sym.5",
    "gau.1", "gau.2", "gau.3", "clock", "clock+mde", "splay.1", "splay.3", "splay.5", "splay.8",
    "backoff",
)  # fmt: skip
IMPERFECTIONS = (
    "none", "miss.1", "miss.3", "multi", "duty", "mix.1", "mix.3", "mix.5", "change", "round1",
    "rot3", "hard",
)  # fmt: skip
SIZES = ((3, 3), (4, 6), (7, 15), (16, 50), (51, 200), (201, 1000), (1001, 3000))
SIZE_SHARES = (0.036, 0.084, 0.135, 0.268, 0.231, 0.172, 0.074)
DESIGN_SHARES = (0.18, 0.26, 0.20, 0.16, 0.11, 0.06, 0.03)
"""For learning: few polls are the hard case."""


def size(rng, shares=SIZE_SHARES):
    """Number of events: a bin, then log-uniform inside it."""
    low, high = SIZES[rng.choice(len(SIZES), p=shares)]
    return int(np.exp(rng.uniform(np.log(low), np.log(high + 1))))


def period(rng):
    """One of the round periods or, once in eight, anything from 2 s to 6 h."""
    if rng.random() < 1 / 8:
        return "other", float(np.exp(rng.uniform(np.log(2), np.log(21_600))))
    value = PERIODS[rng.integers(len(PERIODS))]
    return str(value), float(value)


class Schedule(NamedTuple):
    """cob: Cobalt Strike shortens (sleep * (1 - j U)); sym: +-j; gau: normal with sd j; clock and
    splay: a wall clock, with a delay of U(0, j T); backoff: doubling to 8 T with random resets.

    Attributes:
        latency: seconds of work a poll takes, about.
    """

    kind: str
    seconds: float
    latency: float

    @property
    def jitter(self):
        """The j of the kind's name."""
        return float(f"0.{self.kind.partition('.')[2] or 0}")

    def truth(self):
        """Mean time between polls, and its standard deviation / mean."""
        name, j = self.kind.partition(".")[0], self.jitter
        spread = {"cob": j / 12**0.5, "sym": j / 3**0.5, "gau": j, "splay": j / 6**0.5}.get(name, 0)
        spread = 0.02 if name == "backoff" else spread
        clock = name in ("clock", "clock+mde", "splay")
        mean = self.seconds * (1 - j / 2 if name == "cob" else 1)
        mean += 0 if clock else 1.13 * self.latency
        noise = 0.6 * self.latency * (2**0.5 if clock else 1)
        if name == "clock+mde":
            noise = np.hypot(noise, min(3.0, self.seconds / 4) / 6**0.5)
        return mean, float(np.hypot(spread * self.seconds, noise) / mean)

    def ticks(self, rng, n):
        """Times of n polls without any imperfection."""
        name, j, seconds = self.kind.partition(".")[0], self.jitter, self.seconds
        work = self.latency * rng.lognormal(0, 0.5, n)
        if name in ("clock", "clock+mde", "splay"):
            due = seconds * np.arange(n) + work
            if name == "clock+mde":
                due = due + rng.uniform(0, min(3.0, seconds / 4), n)
            return np.sort(due + j * seconds * rng.random(n))
        if name == "cob":
            factor = 1 - j * rng.random(n)
        elif name == "sym":
            factor = 1 + j * rng.uniform(-1, 1, n)
        elif name == "gau":
            factor = np.maximum(rng.normal(1, j, n), 0.05)
        elif name == "backoff":
            level, factor = 0, np.empty(n)
            for i in range(n):
                factor[i] = 2.0**level
                level = 0 if level == 3 or rng.random() < 0.25 else level + 1
            factor *= 1 + 0.02 * rng.standard_normal(n)
        else:
            factor = np.ones(n)
        return np.cumsum(seconds * factor + work)


def interlopers(rng, times, share):
    """Add traffic of the same program: lone requests or small bursts, `share` of the result."""
    count = rng.binomial(len(times), min(share / (1 - share), 1.0))
    low, high = times[0], times[-1] + 1
    if rng.random() < 0.5:
        extra = rng.uniform(low, high, count)
    else:
        visits = rng.uniform(low, high, max(1, count // 5))
        extra = rng.choice(visits, count) + rng.exponential(min(20.0, (high - low) / 50), count)
    return np.sort(np.concatenate([times, extra]))


def office(rng, times):
    """Keep what falls into one window of hours, the same each day: a laptop asleep at night."""
    start, length = rng.uniform(7, 10), rng.uniform(7, 10)
    hour = (times + rng.uniform(0, DAY)) % DAY / 3600
    return times[(hour >= start) & (hour < start + length)]


def impair(rng, name, timer, n, other):
    """Times of a timer under one imperfection: n events, but n polls of 1 to 6 for `multi`.

    `other` is the timer that `change` changes to.
    """
    head, _, digits = name.partition(".")
    amount = float(f"0.{digits}") if digits else 0.0
    seconds = timer.seconds
    if head == "miss":
        times = timer.ticks(rng, int(np.ceil(n / (1 - amount))) + 1)
        return times[rng.random(len(times)) >= amount][:n]
    if head == "rot3":
        times = timer.ticks(rng, 3 * n + 3)
        return times[rng.integers(0, 3, len(times)) == 0][:n]
    if head == "mix":
        return interlopers(rng, timer.ticks(rng, max(2, round(n * (1 - amount)))), amount)
    if head == "duty":
        return office(rng, timer.ticks(rng, 3 * n + 10))[:n]
    if head == "change":
        first = int(np.clip(n * rng.uniform(0.3, 0.7), 1, n - 1))
        before = timer.ticks(rng, first)
        return np.concatenate([before, before[-1] + seconds + other.ticks(rng, n - first)])
    if head == "multi":
        times = timer.ticks(rng, n)
        fan = rng.integers(1, 7, len(times))
        extra = np.repeat(times, fan - 1)
        return np.sort(np.concatenate([times, extra + rng.uniform(0, min(3, seconds), extra.size)]))
    if head == "round1":
        return np.floor(timer.ticks(rng, n))
    if head == "hard":
        times = timer.ticks(rng, max(3, n))
        times = times[rng.random(len(times)) >= 0.2]
        if len(times) > 10:  # a reboot: a pause, then a new phase
            cut = rng.integers(3, len(times) - 3)
            times[cut:] += seconds * rng.uniform(3, 30)
        times = interlopers(rng, times, 0.25) if len(times) > 1 else times
        return np.floor(times) if rng.random() < 0.5 else times
    return timer.ticks(rng, n)


def draw(rng, kind=None, imperfection=None, seconds=None, events=None, shares=SIZE_SHARES):
    """One positive: (times, cells); a cell that is not given is drawn.

    The span stays within 30 days, so slow timers have few polls.
    """
    kind = kind or KINDS[rng.integers(len(KINDS))]
    if imperfection is None:
        clean = rng.random() < 0.24
        imperfection = "none" if clean else IMPERFECTIONS[1 + rng.integers(len(IMPERFECTIONS) - 1)]
    label, value = period(rng) if seconds is None else (str(seconds), float(seconds))
    latency = min(np.exp(rng.uniform(np.log(0.05), np.log(1.0))), value / 20)
    timer = Schedule(kind, value, latency)
    stretch = {"rot3": 3.0, "duty": 3.0}.get(imperfection, 1.0)
    other = timer._replace(seconds=value * np.exp(rng.uniform(np.log(0.2), np.log(5))))
    mean, spread = timer.truth()
    while True:
        n = events or min(size(rng, shares), max(3, int(30 * DAY / (value * stretch))))
        times = np.sort(impair(rng, imperfection, timer, n, other))
        if len(times) >= 3:
            cells = {"kind": kind, "imp": imperfection, "T": label, "n": n}
            cells |= {"period": mean, "jitter": spread}
            if imperfection == "change":
                cells["other_period"] = other.truth()[0]
            return times + rng.uniform(0, 7 * DAY) // 1, cells
