"""A company and its machines, drawn from a seed: who works where, when, and on what."""

import zlib
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from beacon.simulate import words
from beacon.simulate.clocks import DAY, Rng
from beacon.simulate.spans import Presence, Spans

ROLES = ("office", "developer", "server", "ci", "security", "admin")


def stream(seed: int, *names: str | int) -> Rng:
    """A generator for each purpose: taking one kind out leaves the others as they are."""
    keys = [zlib.crc32(str(name).encode()) for name in names]
    return np.random.default_rng([seed, *keys])


@dataclass(frozen=True)
class Host:
    """One machine.

    Attributes:
        writes_links: its sensor writes `https://domain/` into RemoteUrl, not the bare domain.
        blind: spans in which its sensor reported nothing.
    """

    index: int
    name: str
    role: str
    user: str
    device_id: str
    address: str
    presence: Presence
    writes_links: bool
    blind: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Company:
    """What all machines share.

    Attributes:
        tenant: its own SharePoint.
        partner: that of an organisation with which its people exchange documents.
    """

    seed: int
    name: str
    netbios: str
    tenant: str
    partner: str
    code_host: str
    hosts: tuple[Host, ...]
    horizon: float


def found(seed: int, hosts: int, days: int, start: date) -> Company:
    """A company with its own fleet mix, naming, working hours and services."""
    rng = stream(seed, "company")
    name = words.pick(rng, words.PRODUCTS).lower()
    zone = int(rng.integers(-8, 10))
    begins, length = rng.uniform(7.0, 9.5), rng.uniform(8.0, 9.5)
    mix = rng.dirichlet(np.array([60, 17, 11, 2, 1.2, 2.5]) * 0.8)
    mix = (mix + np.array([0.5, 0.15, 0.1, 0.015, 0.01, 0.02])) / 1.795
    roles = _roles(rng, hosts, mix)
    naming = int(rng.integers(3))
    suffix = words.pick(rng, (f".{name}.example", f".corp.{name}.example", ""))
    subnet = int(rng.integers(0, 200))
    off = [(start + timedelta(days=d)).weekday() >= 5 for d in range(-1, days + 1)]
    fleet = []
    for index, role in enumerate(roles):
        own = stream(seed, "host", index)
        presence = _presence(own, role, days * DAY, off, begins - zone, length)
        fleet.append(
            Host(
                index=index,
                name=_name(own, naming, role, index) + suffix,
                role=role,
                user=words.pick(own, words.HANDLES) + "." + words.pick(own, words.HANDLES),
                device_id=words.code(own, 40, words.HEX),
                address=f"10.{subnet}.{index // 250}.{index % 250 + 4}",
                presence=presence,
                writes_links=own.random() < 0.03,
                blind=_blind(own, days * DAY),
            )
        )
    return Company(
        seed=seed,
        name=name,
        netbios=name[:8].upper(),
        tenant=words.tenant(rng, name),
        partner=words.tenant(stream(seed, "partner")),
        code_host=words.pick(rng, ("github.com", "github.com", "github.com", "gitlab.com")),
        hosts=tuple(fleet),
        horizon=days * DAY,
    )


def _roles(rng: Rng, hosts: int, mix: np.ndarray) -> list[str]:
    """One developer at least, then the mix, in random order."""
    counts = np.floor(mix * hosts + rng.random(len(ROLES))).astype(int)
    counts[1] = max(counts[1], 1)
    rest = np.repeat(np.array(ROLES), counts)[rng.permutation(counts.sum())]
    roles = [str(role) for role in rest][:hosts]
    roles += ["office"] * (hosts - len(roles))
    if "developer" not in roles:
        roles[0] = "developer"
    return roles


def _name(rng: Rng, naming: int, role: str, index: int) -> str:
    if naming == 0:
        prefix = {"office": "ws", "developer": "ws", "admin": "ws"}.get(role, "srv")
        return f"{prefix}-{index:04d}"
    if naming == 1 and role in ("office", "developer", "admin"):
        return words.pick(rng, ("LAPTOP-", "DESKTOP-")) + words.code(rng, 7, "ABCDEFGHJK23456789")
    site = words.pick(rng, ("ber", "nyc", "lon", "hq"))
    return f"{site}-{'s' if role in ('server', 'ci', 'security') else 'w'}{100 + index}"


def _presence(
    rng: Rng, role: str, horizon: float, off: list[bool], begins: float, length: float
) -> Presence:
    """Laptops are on while somebody works and sleep in between; the rest is always on.

    Args:
        rng: source of chance.
        role: of the machine.
        horizon: seconds of the export.
        off: for the day before the first, each day, and the day after: is it a weekend?
        begins: UTC hour at which the office day begins; may be negative or above 24.
        length: hours of an office day.
    """
    unmanned = role in ("server", "ci", "security")
    always = unmanned or rng.random() < 0.22
    shuts_down = rng.random() < 0.6
    weekends = rng.random() < (0.25 if role in ("developer", "admin") else 0.06)
    late = rng.random() < (0.5 if role == "developer" else 0.12)
    on: list[tuple[float, float, int]] = []
    for day, weekend in enumerate(off, start=-1):
        stays = rng.random() < (0.15 if unmanned else 0.93)
        arrive = day * DAY + 3600 * (begins + rng.normal(0, 0.6))
        leave = arrive + 3600 * (length + rng.normal(0, 0.8))
        breaks = np.sort(rng.uniform(arrive, leave, int(rng.poisson(1.2))))
        pauses = rng.uniform(600, 4200, breaks.size)
        evening = leave + rng.uniform(2, 4) * 3600
        if (weekend and not weekends) or not stays:
            continue
        at = arrive
        for pause, minutes in zip(breaks, pauses, strict=True):
            if pause > at + 900 and pause + minutes < leave - 900:
                on.append((at, float(pause), day))
                at = float(pause + minutes)
        on.append((at, leave, day))
        if late:
            on.append((evening, evening + 5400 * rng.random() + 900, day))
    spans = np.array(on or [(0.0, 0.0, 0)])
    order = np.argsort(spans[:, 0], kind="stable")
    spans = spans[order]
    spans[1:, 0] = np.maximum(spans[1:, 0], np.maximum.accumulate(spans[:, 1])[:-1])
    visit = spans[:, 2].astype(np.int64)
    work = Spans(spans[:, 0], spans[:, 1], visit).clip(0, horizon)
    if always:
        everything = Spans(np.zeros(1), np.full(1, horizon), np.zeros(1, dtype=np.int64))
        return Presence(everything, work)
    return Presence(work if shuts_down else work._replace(visit=work.visit * 0), work)


def _blind(rng: Rng, horizon: float) -> tuple[tuple[float, float], ...]:
    """Gaps of the sensor: on one machine in twenty, for up to an hour and a half."""
    if rng.random() > 0.05:
        return ()
    start = rng.uniform(0, horizon)
    return ((start, start + rng.uniform(300, 5400)),)
