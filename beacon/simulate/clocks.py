"""When things happen: seeded times, in seconds since the start of the export.

A rhythm is a frozen description of a timer or of a habit; `ticks` turns it into times on a host.
Malware, bots, agents and people are all made of the same five: only their parameters differ.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np

from beacon.simulate.spans import Ints, Presence, Seconds, Spans

Rng = np.random.Generator
Shape = Literal["shorten", "symmetric", "gaussian"]

DAY = 86_400.0


class Ticks(NamedTuple):
    """Poll times and, for each, the number of the program's run that made it."""

    times: Seconds
    runs: Ints


class Rhythm(Protocol):
    """What every rhythm offers: a timer's mean gap, sd / mean and set period, else None."""

    @property
    def period(self) -> float | None: ...  # noqa: D102

    @property
    def spread(self) -> float | None: ...  # noqa: D102

    @property
    def setting(self) -> float | None: ...  # noqa: D102

    def ticks(self, rng: Rng, presence: Presence) -> Ticks: ...  # noqa: D102


@dataclass(frozen=True)
class Loop:
    """Work, sleep, repeat; sleeps with the machine, starts anew with it.

    `jitter` is the setting of the tool: Cobalt Strike only shortens its sleep, P(1-j)..P; Empire
    and PoshC2 draw symmetrically, P(1-j)..P(1+j) (Fox-IT, 2020-01-15); gaussian has sd jP.
    `latency_seconds` is the mean of the exponential work time. A failed poll starts a back-off
    that doubles the sleep up to five times, with probability `backoff`. `change` multiplies the
    period once, at a random moment of each run.
    """

    period_seconds: float
    jitter: float = 0.0
    shape: Shape = "symmetric"
    latency_seconds: float = 0.4
    respawn: bool = False
    attended: bool = False
    missed: float = 0.0
    backoff: float = 0.0
    change: float = 1.0
    instances: int = 1

    @property
    def period(self) -> float:
        """Mean gap before any change or back-off."""
        shorter = self.jitter / 2 if self.shape == "shorten" else 0.0
        return self.period_seconds * (1 - shorter) + self.latency_seconds

    @property
    def setting(self) -> float:
        """What its author typed."""
        return self.period_seconds

    @property
    def spread(self) -> float:
        """Standard deviation of the gap over its mean."""
        scale = {"shorten": 12**-0.5, "symmetric": 3**-0.5, "gaussian": 1.0}[self.shape]
        sd = float(np.hypot(self.period_seconds * self.jitter * scale, self.latency_seconds))
        return sd / self.period

    def ticks(self, rng: Rng, presence: Presence) -> Ticks:
        """Poll times; attended loops run for part of a working day only."""
        lives = _lives(rng, presence, self.attended) * self.instances
        turns = [_turn(rng, life, self.period * min(1, self.change), self._gaps) for life in lives]
        return _thin(rng, _gather(turns, self.respawn), self.missed)

    def _gaps(self, rng: Rng, n: int) -> Seconds:
        if self.shape == "gaussian":
            factor = np.maximum(1 + self.jitter * rng.standard_normal(n), 0.05)
        else:
            factor = 1 - self.jitter * rng.uniform(0 if self.shape == "shorten" else -1, 1, n)
        if self.change != 1:
            factor[int(rng.uniform(0.2, 0.8) * n) :] *= self.change
        for failed in np.flatnonzero(rng.random(n) < self.backoff):
            factor[failed : failed + 5] *= 2.0 ** np.arange(1, 6)[: n - failed]
        return self.period_seconds * factor + rng.exponential(self.latency_seconds, n)


@dataclass(frozen=True)
class LongPoll:
    """Wait for a message or the time-out, whichever comes first; then ask again."""

    timeout_seconds: float
    message_seconds: float
    latency_seconds: float = 0.3
    attended: bool = False
    missed: float = 0.0

    @property
    def period(self) -> float:
        """Mean of min(time-out, exponential wait) plus latency."""
        ratio = self.timeout_seconds / self.message_seconds
        return self.message_seconds * float(-np.expm1(-ratio)) + self.latency_seconds

    @property
    def setting(self) -> float:
        """What its author typed."""
        return self.timeout_seconds

    @property
    def spread(self) -> float:
        """Standard deviation of the gap over its mean."""
        ratio = self.timeout_seconds / self.message_seconds
        square = 2 * self.message_seconds**2 * (1 - np.exp(-ratio) * (1 + ratio))
        variance = square - (self.period - self.latency_seconds) ** 2 + self.latency_seconds**2
        return float(np.sqrt(max(variance, 0.0))) / self.period

    def ticks(self, rng: Rng, presence: Presence) -> Ticks:
        """Poll times, one run a life of the machine or of the visit."""
        lives = _lives(rng, presence, self.attended)
        turns = [_turn(rng, life, self.period, self._gaps) for life in lives]
        return _thin(rng, _gather(turns, respawn=False), self.missed)

    def _gaps(self, rng: Rng, n: int) -> Seconds:
        wait = np.minimum(rng.exponential(self.message_seconds, n), self.timeout_seconds)
        return wait + rng.exponential(self.latency_seconds, n)


@dataclass(frozen=True)
class Schedule:
    """A task on the wall clock: offset + k * period, plus a fresh splay; one run a poll.

    Ticks while the machine is off are lost, or made up for once after it wakes (`catch_up`).
    """

    period_seconds: float
    offset_seconds: float = 0.0
    splay_seconds: float = 0.0
    latency_seconds: float = 1.0
    missed: float = 0.0
    catch_up: bool = False

    @property
    def period(self) -> float:
        """The declared interval."""
        return self.period_seconds

    @property
    def setting(self) -> float:
        """What its author typed."""
        return self.period_seconds

    @property
    def spread(self) -> float:
        """Standard deviation of the gap, a difference of two delays, over the period."""
        delay = self.splay_seconds**2 / 12 + self.latency_seconds**2
        return float(np.sqrt(2 * delay)) / self.period_seconds

    def ticks(self, rng: Rng, presence: Presence) -> Ticks:
        """Poll times while the machine is on."""
        awake = presence.awake
        horizon = float(awake.end.max(initial=0.0))
        due = np.arange(self.offset_seconds, horizon, self.period_seconds)
        due = due + rng.uniform(0, self.splay_seconds, due.size)
        on = awake.contain(due)
        times = due[on]
        if self.catch_up:
            wakes = awake.start[1:]
            asleep = np.searchsorted(due[~on], wakes) > np.searchsorted(due[~on], awake.end[:-1])
            times = np.concatenate([times, wakes[asleep] + rng.uniform(20, 600, asleep.sum())])
        times = np.sort(times + rng.exponential(self.latency_seconds, times.size))
        return _thin(rng, Ticks(times, np.arange(times.size)), self.missed)


@dataclass(frozen=True)
class Sessions:
    """Somebody (or a build, or an installer) does a few things in a row, then nothing for long."""

    per_day: float
    polls: float
    gap_seconds: float
    sigma: float = 1.3
    respawn: bool = False
    unattended: bool = False
    period: None = None
    spread: None = None
    setting: None = None

    def ticks(self, rng: Rng, presence: Presence) -> Ticks:
        """Session starts are uniform over the hours of work, gaps inside are log-normal."""
        spans = presence.awake if self.unattended else presence.work
        total = float(spans.elapsed()[-1])
        hours = 24 if self.unattended else 8
        count = max(1, rng.poisson(self.per_day * total / (hours * 3600.0))) if total else 0
        starts = spans.wall(np.sort(rng.uniform(0, total, count)))
        sizes = rng.geometric(1 / self.polls, count) if count else np.zeros(0, np.int64)
        gaps = rng.lognormal(np.log(self.gap_seconds), self.sigma, int(sizes.sum()))
        session = np.repeat(np.arange(count), sizes)
        first = np.cumsum(sizes) - sizes
        since = np.cumsum(gaps)
        times = starts[session] + since - since[first][session]
        kept = presence.awake.contain(times)
        ticks = Ticks(times[kept], (np.arange(times.size) if self.respawn else session)[kept])
        order = np.argsort(ticks.times, kind="stable")
        return Ticks(ticks.times[order], ticks.runs[order])


@dataclass(frozen=True)
class Logon:
    """Once after each start of the machine (or of the working day)."""

    delay_seconds: float = 45.0
    chance: float = 0.9
    period: None = None
    spread: None = None
    setting: None = None

    def ticks(self, rng: Rng, presence: Presence) -> Ticks:
        """One poll a visit."""
        _, first = np.unique(presence.work.visit, return_index=True)
        times = presence.work.start[first] + rng.exponential(self.delay_seconds, first.size)
        return _thin(rng, Ticks(times, np.arange(times.size)), 1 - self.chance)


def _lives(rng: Rng, presence: Presence, attended: bool) -> list[Spans]:
    """The stretches in which a long-running program lives: a boot, or part of a working day."""
    spans = presence.work if attended else presence.awake
    lives = [spans.of(visit) for visit in np.unique(spans.visit)]
    if not attended:
        return lives
    kept = []
    for life in lives:
        begin = life.at(rng.uniform(0, 0.7))
        kept.append(life.clip(begin, begin + 9000 * float(rng.lognormal(0, 0.8))))
    return kept


def _turn(rng: Rng, life: Spans, period: float, gaps: Callable[[Rng, int], Seconds]) -> Seconds:
    total = float(life.elapsed()[-1])
    n = int(total / period * 1.3) + 40
    running = life.start[0] <= 0  # since before the export: any phase; else it starts with the life
    inside = (
        np.cumsum(gaps(rng, n)) - period + rng.random() * (period if running else min(period, 60))
    )
    return life.wall(inside[(inside >= 0) & (inside < total)])


def _gather(turns: list[Seconds], respawn: bool) -> Ticks:
    times = np.concatenate([np.zeros(0), *turns])
    runs = np.repeat(np.arange(len(turns)), [turn.size for turn in turns])
    if respawn:
        runs = np.arange(times.size)
    order = np.argsort(times, kind="stable")
    return Ticks(times[order], runs[order])


def _thin(rng: Rng, ticks: Ticks, missed: float) -> Ticks:
    kept = rng.random(ticks.times.size) >= missed
    return Ticks(ticks.times[kept], ticks.runs[kept])
