"""A kind of behaviour comes to life on a host: a program, and when it contacts whom."""

from dataclasses import dataclass
from hashlib import sha1

import numpy as np

from beacon.simulate import words
from beacon.simulate.clocks import Rng
from beacon.simulate.commands import Setting, render
from beacon.simulate.kinds import Kind, Start
from beacon.simulate.programs import PROGRAMS
from beacon.simulate.rhythms import draw
from beacon.simulate.spans import Ints, Seconds
from beacon.simulate.world import Company, Host, stream


@dataclass(frozen=True)
class Identity:
    """What every row of one program says about it."""

    file: str
    path: str
    command: str
    parent: str
    domain: str
    account: str
    integrity: str
    sha1: str
    company: str
    original: str


@dataclass(frozen=True)
class Activity:
    """One program on one host: whom it contacts when, and what that truly is.

    Attributes:
        codes: for each poll, which of `domains`, shape (polls,).
        times: seconds since the start of the export, ascending, shape (polls,).
        runs: number of the run of the program behind each poll, shape (polls,).
        period: mean gap of the timer on one of the domains, None where nothing ticks.
        spread: standard deviation of that gap over its mean.
    """

    host: Host
    identity: Identity
    domains: tuple[str, ...]
    codes: Ints
    times: Seconds
    runs: Ints
    kind: Kind
    fan: float
    period: float | None
    spread: float | None
    campaign: str | None = None


def adopt(kind: Kind, company: Company) -> list[Host]:
    """The machines of the company that show a benign kind."""
    rng = stream(company.seed, "adopt", kind.name)
    share = rng.uniform(0.6, 1.5)
    adopted = rng.random() < kind.adoption
    luck = rng.random(len(company.hosts))
    return [
        host
        for host, chance in zip(company.hosts, luck, strict=True)
        if adopted and chance < kind.where.get(host.role, 0.0) * share
    ]


def live(kind: Kind, company: Company, host: Host) -> list[Activity]:
    """A benign kind on one of its hosts."""
    own = stream(company.seed, kind.name, host.index)
    count = int(own.choice(kind.variety))
    activities = []
    for n in range(count):
        recipe = stream(company.seed, kind.name, n) if kind.shared else own
        activities.append(act(kind, company, host, recipe, own))
    return activities


def act(
    kind: Kind, company: Company, host: Host, recipe: Rng, own: Rng, campaign: str | None = None
) -> Activity:
    """One program of the kind.

    Args:
        kind: what to do.
        company: whose names to use.
        host: where to do it.
        recipe: chance behind the program, its command line, services and rhythm; two hosts that
            are given equal ones run the same thing.
        own: chance behind the times.
        campaign: name of the campaign, for malware.
    """
    start = kind.starts[int(recipe.integers(len(kind.starts)))]
    domains = _domains(recipe, kind, company)
    rhythm = draw(recipe, kind.rhythm)
    fan = float(recipe.choice(kind.fan))
    turns = bool(recipe.random() < 0.5)
    other = float(recipe.choice((5, 10, 15, 30, 60)))
    identity = identify(recipe, start, company, host, domains[0], rhythm.setting or other)
    times, runs = rhythm.ticks(own, host.presence)
    period, spread = rhythm.period, rhythm.spread
    codes = own.integers(len(domains), size=times.size)
    if turns:
        codes = np.arange(times.size) % len(domains)
    if period is not None and spread is not None:
        period, spread = _rotated(period, spread, len(domains), turns)
    return Activity(
        host=host,
        identity=identity,
        domains=domains,
        codes=codes,
        times=times,
        runs=runs,
        kind=kind,
        fan=fan,
        period=period,
        spread=spread,
        campaign=campaign,
    )


def identify(
    rng: Rng, start: Start, company: Company, host: Host, domain: str, period: float
) -> Identity:
    """The program as its rows describe it."""
    program = PROGRAMS[words.pick(rng, start.program)]
    account = words.pick(rng, start.account)
    service = f"svc-{words.pick(rng, words.NOUNS)}"
    user = host.user if account == "user" else service if account == "service" else "Default"
    place = words.folder(rng, words.pick(rng, start.place), user)
    nth = int(rng.integers(len(program.paths)))
    path = program.paths[nth].format(user=user, place=place)
    setting = Setting(program.file, path, place, domain, company.name, period)
    command = render(rng, words.pick(rng, start.style), setting)
    version = f"{program.file}/{program.company}/{rng.integers(program.versions)}"
    if not program.company:
        version += place
    elevated = rng.random() < 0.06 or account == "service" or host.role == "admin"
    return Identity(
        file=program.file,
        path=path.lower(),
        command=command,
        parent=words.pick(rng, start.parent),
        domain="nt authority" if account == "system" else company.netbios.lower(),
        account={"user": host.user, "service": service, "system": "system"}[account],
        integrity="System" if account == "system" else "High" if elevated else "Medium",
        sha1=sha1(version.encode(), usedforsecurity=False).hexdigest(),
        company=program.company,
        original=program.original,
    )


def _domains(rng: Rng, kind: Kind, company: Company) -> tuple[str, ...]:
    """Distinct services, in the order drawn."""
    wanted = int(rng.choice(kind.names))
    drawn = list(dict.fromkeys(str(service) for service in rng.choice(kind.services, wanted * 6)))
    names = {
        "tenant": company.tenant,
        "partner": company.partner,
        "stranger": words.tenant(rng) if any("{stranger}" in name for name in drawn) else "",
        "code": company.code_host,
        "api": "api.github.com" if company.code_host == "github.com" else "gitlab.com",
    }
    return tuple(dict.fromkeys(name.format(**names) for name in drawn))[:wanted]


def _rotated(period: float, spread: float, domains: int, turns: bool) -> tuple[float, float]:
    """Mean gap and its sd / mean on one of several domains, in turn or at random.

    In turn it is a sum of k gaps; at random of a geometric number of gaps with mean k, whose
    variance is k s^2 + k (k - 1) m^2 for gaps of mean m and standard deviation s.
    """
    extra = 0.0 if turns else (domains - 1) / domains
    return period * domains, float(np.sqrt(spread**2 / domains + extra))
