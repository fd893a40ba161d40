"""Kinds of behaviour, read from the files in `behaviour/`: one file a family.

A start is written `program : style : parent : place : account`, each with alternatives `a|b*2`
(b twice as often); place and account may be left out. `{name}` stands for an entry of the file's
[names]; a rhythm may name an entry of its [rhythms]; [defaults] are fields of every kind.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, NamedTuple


class Start(NamedTuple):
    """Ways in which a program is started: the alternatives of each part, each as likely."""

    program: tuple[str, ...]
    style: tuple[str, ...]
    parent: tuple[str, ...]
    place: tuple[str, ...] = ("src", "home")
    account: tuple[str, ...] = ("user",)


@dataclass(frozen=True)
class Kind:
    """A kind of behaviour.

    Attributes:
        name: as in the truth and in docs/simulation.md.
        family: of the truth.
        starts: ways to start, each as likely.
        services: names contacted, each as likely; `{tenant}`, `{code}` (the code host) and `{api}`
            (its API) are the company's, `{partner}` is one other organisation that it works with,
            `{stranger}` any other.
        rhythm: type and parameters, see `beacon.simulate.rhythms`.
        where: share of the machines of each role that show it, where the company has it; for
            malware how much a role is preferred.
        adoption: share of the companies that have it.
        shared: one program, command line, service and rhythm for the whole company.
        names: choices of how many services one program contacts.
        variety: choices of how many programs or command lines of this kind a host has.
        fan: choices of the mean number of extra connections that a poll makes.
        companions: benign kinds on the same host (malware only).
        weight: how often among the campaigns (malware only).
    """

    name: str
    family: str
    starts: tuple[Start, ...]
    services: tuple[str, ...]
    rhythm: dict[str, Any]
    where: Mapping[str, float] = field(default_factory=dict)
    adoption: float = 1.0
    shared: bool = False
    names: tuple[int, ...] = (1,)
    variety: tuple[int, ...] = (1,)
    fan: tuple[float, ...] = (0.0, 0.0, 0.1, 0.4)
    companions: tuple[str, ...] = ()
    weight: float = 1.0


def load(file: str) -> dict[str, Kind]:
    """The kinds of one file, by name."""
    text = (files("beacon.simulate") / "behaviour" / f"{file}.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    names, rhythms = content.get("names", {}), content.get("rhythms", {})
    kinds = {}
    for line in content["kind"]:
        fields: dict[str, Any] = {**content.get("defaults", {}), **line}
        fields["starts"] = tuple(_start(text, names) for text in fields["starts"])
        fields["services"] = _alternatives(names.get(fields["services"], fields["services"]), " ")
        fields["rhythm"] = rhythms.get(str(fields["rhythm"]), fields["rhythm"])
        fields = {name: tuple(v) if isinstance(v, list) else v for name, v in fields.items()}
        kind = Kind(**fields)
        kinds[kind.name] = kind
    return kinds


def _start(text: str, names: Mapping[str, str]) -> Start:
    return Start(*(_alternatives(part.strip(), "|") for part in text.format(**names).split(" : ")))


def _alternatives(text: str, separator: str) -> tuple[str, ...]:
    """`a|b*2` is a, b, b."""
    parts = (part.partition("*") for part in text.split(separator))
    return tuple(name for name, _, times in parts for _ in range(int(times or 1)))
