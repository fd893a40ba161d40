"""From a line of a behaviour file to a draw of rhythms: each parameter from its own range.

A list is a choice, each as likely; `between` is a range in which people like round numbers.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from beacon.simulate.clocks import Logon, LongPoll, Loop, Rhythm, Rng, Schedule, Sessions, Shape

FAVOURITES = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1200, 1800, 3600, 7200, 14400)
SHAPES: tuple[Shape, ...] = ("shorten", "symmetric", "symmetric", "gaussian")


def draw(rng: Rng, line: dict[str, Any]) -> Rhythm:
    """A rhythm of the kind that a behaviour file describes.

    Args:
        rng: source of chance.
        line: `type`, and the parameters of the rhythm of that name below.

    Raises:
        KeyError, TypeError: an unknown type or parameter.
    """
    fields = dict(line)
    return MAKERS[fields.pop("type")](rng, **fields)


def period(rng: Rng, one_of: Sequence[float] | None, between: Sequence[float] | None) -> float:
    """A period: one of a list; or from a range, six times in ten a round one that people like."""
    if between is None:
        return float(rng.choice(np.asarray(one_of)))
    low, high = between
    liked = [value for value in FAVOURITES if low <= value <= high]
    if liked and rng.random() < 0.6:
        return float(rng.choice(liked))
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def loop(
    rng: Rng,
    one_of: Sequence[float] | None = None,
    between: Sequence[float] | None = None,
    jitter: Sequence[float] = (0,),
    instances: Sequence[int] = (1,),
    change: Sequence[float] = (1,),
    backoff: Sequence[float] = (0,),
    respawn: bool = False,
    attended: bool = False,
) -> Rhythm:
    """Work, sleep, repeat."""
    seconds = period(rng, one_of, between)
    return Loop(
        seconds,
        jitter=float(rng.choice(jitter)),
        shape=SHAPES[int(rng.integers(len(SHAPES)))],
        latency_seconds=min(0.1 * seconds, float(rng.lognormal(-0.7, 0.8))),
        missed=float(rng.choice((0.0, 0.0, 0.02, 0.1, 0.25))),
        instances=int(rng.choice(instances)),
        change=float(rng.choice(change)),
        backoff=float(rng.choice(backoff)),
        respawn=respawn,
        attended=attended,
    )


def task(
    rng: Rng,
    one_of: Sequence[float] | None = None,
    between: Sequence[float] | None = None,
    splay: Sequence[float] = (0,),
    on_the_hour: bool = False,
) -> Rhythm:
    """A task of the wall clock; its phase is anything unless it is set `on_the_hour`."""
    seconds = period(rng, one_of, between)
    phase = float(round(rng.uniform(0, seconds)))
    return Schedule(
        seconds,
        offset_seconds=0.0 if on_the_hour else phase,
        splay_seconds=float(rng.choice(splay)),
        latency_seconds=float(rng.lognormal(0.0, 0.6)),
        missed=float(rng.choice((0.0, 0.0, 0.02, 0.1))),
        catch_up=bool(rng.random() < 0.4),
    )


def poll(
    rng: Rng, timeout: Sequence[float], message: Sequence[float], attended: bool = False
) -> Rhythm:
    """Wait for a message, `message` seconds on average, or for the time-out."""
    waits = period(rng, None, message)
    return LongPoll(float(rng.choice(timeout)), waits, attended=attended, missed=0.02)


def habit(
    rng: Rng,
    per_day: float,
    polls: float,
    gap_seconds: float,
    sigma: float = 1.3,
    respawn: bool = False,
    unattended: bool = False,
) -> Rhythm:
    """Sessions of a person, a build or an installer; the three means differ from one to another."""
    return Sessions(
        per_day * float(rng.lognormal(0, 0.5)),
        1 + (polls - 1) * float(rng.lognormal(0, 0.3)),
        gap_seconds * float(rng.lognormal(0, 0.4)),
        sigma,
        respawn,
        unattended,
    )


def logon(rng: Rng) -> Rhythm:
    """After each start of the machine or of the day."""
    return Logon(45.0 * float(rng.lognormal(0, 0.5)))


MAKERS: dict[str, Callable[..., Rhythm]] = {
    "loop": loop,
    "poll": poll,
    "task": task,
    "habit": habit,
    "logon": logon,
}
