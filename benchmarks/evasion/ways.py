"""What an attacker who has read the code can do: each way as programs on machines of a company.

All poll for orders every five minutes on average, unless the way is to poll less. They differ from
the plain implant in one thing: when they sleep, who they claim to be, or where the polls come from.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from beacon.simulate import BENIGN, IMPLANTS
from beacon.simulate.acts import Activity, Identity, act, adopt, identify
from beacon.simulate.clocks import Rng
from beacon.simulate.kinds import Start
from beacon.simulate.spans import Seconds, Spans
from beacon.simulate.world import Company, Host, stream

MEAN_SECONDS = 300.0
RAW = "raw.githubusercontent.com"
SERVICES = (RAW, "api.github.com", "gist.github.com", "gitlab.com")
PLAIN_KINDS = ("python_loop", "node_loop", "powershell_loop", "powershell_encoded", "ruby_loop")
UPDATERS = tuple(name for name in BENIGN if name.startswith("hidden_updater"))
LOUD = ("python", "node", "powershell", "curl", "wscript", "mshta", "rundll32", "ruby")
SCRIPT = Start(("python", "venv"), ("script",), ("cmd.exe", "Code.exe", "explorer.exe"), ("src",))
BROWSER = Start(("chrome", "msedge"), ("bare",), ("explorer.exe",))
GIT = Start(("git",), ("get",), ("git.exe",))
FIBONACCI = np.array([1, 1, 2, 3, 5, 8, 13, 21]) / 6.75

Gaps = Callable[[Rng, int], Seconds]
"""Sleeps with a mean of one, shape (n,)."""


class Way(NamedTuple):
    """One way to stay below the budget.

    Attributes:
        name: what it does.
        build: (company, machine, chance) -> the programs of the implant, decoys last.
        needs: what it costs beside time.
        victims: kind of machine it wants: "any", "developer", "updater" (has one) or "other".
        decoys: how many of the programs are decoys.
    """

    name: str
    build: Callable[[Company, list[Host], Rng], list[Activity]]
    needs: str = "nothing"
    victims: str = "any"
    hosts: int = 1
    decoys: int = 0


def even(_: Rng, n: int) -> Seconds:
    return np.ones(n)


def jitter(share: float) -> Gaps:
    return lambda rng, n: 1 + share * rng.uniform(-1, 1, n)


def exponential(rng: Rng, n: int) -> Seconds:
    return rng.exponential(size=n)


def lognormal(rng: Rng, n: int) -> Seconds:
    return rng.lognormal(-0.5, 1.0, n)


def fibonacci(_: Rng, n: int) -> Seconds:
    return np.resize(FIBONACCI, n)


def polls(rng: Rng, spans: Spans, gaps: Gaps, mean_seconds: float = MEAN_SECONDS) -> Seconds:
    """Poll times while the spans last; the first sleep has partly gone by."""
    total = float(spans.elapsed()[-1])
    slept = np.cumsum(mean_seconds * gaps(rng, int(3 * total / mean_seconds) + 20))
    inside = slept - slept[0] * rng.random() + rng.exponential(0.4, slept.size)
    return spans.wall(np.sort(inside[inside < total]))


def few(rng: Rng, spans: Spans) -> Seconds:
    """Four polls a day, whenever."""
    return spans.wall(np.sort(rng.uniform(0, spans.elapsed()[-1], 4)))


def program(
    host: Host, who: Identity, times: Seconds, domains: tuple[str, ...] = (RAW,)
) -> Activity:
    return Activity(
        host=host,
        identity=who,
        domains=domains,
        codes=np.arange(times.size) % len(domains),
        times=times,
        runs=np.zeros(times.size, dtype=np.int64),
        kind=IMPLANTS["emblem"],
        fan=0.0,
        period=None,
        spread=None,
    )


def plainly(company: Company, host: Host, rng: Rng) -> Identity:
    """A typical implant: interpreter and script of one of the simulated kinds."""
    kind = IMPLANTS[PLAIN_KINDS[company.seed % len(PLAIN_KINDS)]]
    start = kind.starts[int(rng.integers(len(kind.starts)))]
    return identify(rng, start, company, host, RAW, MEAN_SECONDS)


def named(start: Start) -> Callable[[Company, Host, Rng], Identity]:
    return lambda company, host, rng: identify(rng, start, company, host, RAW, MEAN_SECONDS)


def sleeper(
    gaps: Gaps = even,
    mean_seconds: float = MEAN_SECONDS,
    who: Callable[[Company, Host, Rng], Identity] = plainly,
    domains: tuple[str, ...] = (RAW,),
    at_work: bool = False,
) -> Callable[[Company, list[Host], Rng], list[Activity]]:
    def build(company: Company, hosts: list[Host], rng: Rng) -> list[Activity]:
        recipe = rng.spawn(1)[0].bit_generator.seed_seq
        parts = []
        for host in hosts:
            spans = host.presence.work if at_work else host.presence.awake
            times = polls(rng, spans, gaps, mean_seconds)
            identity = who(company, host, np.random.default_rng(recipe))
            parts.append(program(host, identity, times, domains))
        return parts

    return build


def rarely(company: Company, hosts: list[Host], rng: Rng) -> list[Activity]:
    who = plainly(company, hosts[0], rng)
    return [program(hosts[0], who, few(rng, hosts[0].presence.awake))]


def updater(company: Company) -> str:
    """The hidden updater that most machines of the company have; the first where there is none."""
    return max(UPDATERS, key=lambda name: len(adopt(BENIGN[name], company)))


def as_updater(company: Company, hosts: list[Host], rng: Rng) -> list[Activity]:
    """Folder, command line, parent, account, version information and service of an updater."""
    name = updater(company)
    copied = act(BENIGN[name], company, hosts[0], stream(company.seed, name, 0), rng)
    times = polls(rng, hosts[0].presence.awake, even)
    return [replace(program(hosts[0], copied.identity, times), domains=copied.domains[:1])]


def behind_decoys(company: Company, hosts: list[Host], rng: Rng) -> list[Activity]:
    spans = hosts[0].presence.awake
    parts = sleeper()(company, hosts, rng)
    for number in range(len(LOUD) * 5):
        start = Start((LOUD[number // 5],), ("script",), ("explorer.exe",), ("appdata", "temp"))
        domain = ("pastebin.com", "api.telegram.org", "discord.com", "paste.ee", "t.me")[number % 5]
        who = identify(rng, start, company, hosts[0], domain, 30.0)
        parts.append(program(hosts[0], who, polls(rng, spans, even, 30.0), (domain,)))
    return parts


WAYS = (
    Way("none: every 5 min to the second", sleeper()),
    Way("jitter of 50 %", sleeper(jitter(0.5))),
    Way("jitter of 70 %", sleeper(jitter(0.7))),
    Way("jitter of 90 %", sleeper(jitter(0.9))),
    Way("exponential sleeps (Poisson)", sleeper(exponential)),
    Way("log-normal sleeps, sigma 1", sleeper(lognormal)),
    Way("Fibonacci sleeps", sleeper(fibonacci)),
    Way("once an hour", sleeper(jitter(0.2), 3600.0)),
    Way("once an hour, exponential", sleeper(exponential, 3600.0)),
    Way("four times a day, at random", rarely),
    Way("only while somebody works", sleeper(at_work=True)),
    Way("a developer's script by all signs", sleeper(who=named(SCRIPT)), victims="developer"),
    Way(
        "the same, exponential sleeps",
        sleeper(exponential, who=named(SCRIPT)),
        victims="developer",
    ),
    Way("copies a fleet's updater", as_updater, "seeing a machine that has it", victims="other"),
    Way("the same, where it runs", as_updater, "seeing a machine that has it", victims="updater"),
    Way("behind 40 loud decoys", behind_decoys, "40 programs", decoys=40),
    Way("one job over 4 machines", sleeper(mean_seconds=4 * MEAN_SECONDS), "4 machines", hosts=4),
    Way("one job over 4 services", sleeper(domains=SERVICES), "4 accounts"),
    Way("inside the browser", sleeper(who=named(BROWSER)), "an injection or extension"),
    Way("inside git", sleeper(who=named(GIT)), "a repository to fetch", victims="developer"),
)
