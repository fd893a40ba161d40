"""A labelled synthetic export: a company's day in Defender, with the truth about every channel.

It is for demonstrations, tests and benchmarks of the tool, and is not real traffic: a figure
measured here says how methods compare, not what they find in a given network.
docs/simulation.md lists the kinds of behaviour with the sources of their periods.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import polars as pl

from beacon.errors import OutputError
from beacon.files import NOT_TEXT, is_text
from beacon.simulate import assemble, campaigns
from beacon.simulate.acts import adopt, live
from beacon.simulate.kinds import Kind, load
from beacon.simulate.world import found, stream

__all__ = ["BENIGN", "IMPLANTS", "MONDAY", "Simulated", "day", "write"]

MONDAY = date(2026, 5, 4)
FILES = (
    "developers",
    "configuration",
    "updaters",
    "products",
    "security",
    "chat",
    "people",
    "background",
)
BENIGN: dict[str, Kind] = {name: kind for file in FILES for name, kind in load(file).items()}
IMPLANTS: dict[str, Kind] = load("implants")


class Simulated(NamedTuple):
    """An export and the truth about it.

    Attributes:
        events: rows as `beacon.schema.EVENTS`, sorted by Timestamp, some of them repeated.
        truth: one row a channel of the export, columns as `assemble.TRUTH`: `label` is "poller"
            or "benign"; `period_seconds` is the mean gap of the channel's timer and `jitter` its
            sd / mean, both null where nothing ticks; `campaign` is null for benign channels.
    """

    events: pl.DataFrame
    truth: pl.DataFrame


def day(
    seed: int,
    hosts: int = 300,
    days: int = 1,
    start: date = MONDAY,
    leave_out: Collection[str] = (),
) -> Simulated:
    """Simulate a company; each seed is another one, the same seed is the same to the byte.

    Args:
        seed: not negative.
        hosts: machines in the company.
        days: length of the export.
        start: its first day, in UTC.
        leave_out: kinds (of `BENIGN` or `IMPLANTS`) that must not occur. The rest of the company
            stays as it is, except that other malware takes the place of malware left out.

    Raises:
        ValueError: a number is out of range, or a kind is unknown.
    """
    if seed < 0 or hosts < 1 or days < 1:
        raise ValueError(f"seed >= 0, hosts >= 1, days >= 1 wanted, got {seed}, {hosts}, {days}")
    for name in leave_out:
        if name not in BENIGN and name not in IMPLANTS:
            near = get_close_matches(name, [*BENIGN, *IMPLANTS], n=1, cutoff=0.0)
            raise ValueError(f"no kind {name!r}; did you mean {near[0]!r}?")
    company = found(seed, hosts, days, start)
    benign = {name: kind for name, kind in BENIGN.items() if name not in leave_out}
    allowed = [kind for name, kind in IMPLANTS.items() if name not in leave_out]
    activities = campaigns.campaigns(company, allowed)
    wanted = {
        (name, activity.host.index): services
        for activity in activities
        for name, services in campaigns.mixed_in(activity, seed).items()
    }
    for name, kind in benign.items():
        homes = adopt(kind, company)
        for host in homes:
            activities += live(kind, company, host)
        at_home = {host.index for host in homes}
        for (companion, index), services in wanted.items():
            if companion == name and index not in at_home:
                own = replace(kind, services=services) if services else kind
                activities += live(own, company, company.hosts[index])
    activities = [activity for activity in activities if activity.times.size]
    chance = stream(seed, "assemble")
    events = assemble.events(chance, company.hosts, activities, company.horizon, start)
    return Simulated(events, assemble.truth(activities, events))


def write(
    directory: Path,
    seed: int = 7,
    hosts: int = 300,
    days: int = 1,
    start: date = MONDAY,
    leave_out: Collection[str] = (),
) -> tuple[Path, Path]:
    """Simulate and write `day.parquet` and `truth.csv`; arguments as for `day`.

    Returns:
        The paths written, whole or not at all.

    Raises:
        OutputError: the directory or a file in it cannot be written.
    """
    if not is_text(directory):
        raise OutputError(f"{directory}: {NOT_TEXT}")
    simulated = day(seed, hosts, days, start, leave_out)
    targets = directory / "day.parquet", directory / "truth.csv"
    parts = [path.with_name(f".{path.name}.part") for path in targets]
    try:
        directory.mkdir(parents=True, exist_ok=True)
        simulated.events.write_parquet(parts[0], compression="zstd", compression_level=12)
        simulated.truth.write_csv(parts[1])
        for part, target in zip(parts, targets, strict=True):
            part.replace(target)
    except OSError as error:
        raise OutputError(f"{directory}: cannot be written ({error.strerror or error})") from None
    return targets
