"""The rule's lists: which services, which programs, which words make a flag."""

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

from beacon.settings import Profile, RuleSettings


@dataclass(frozen=True)
class Rule:
    """The lists in force.

    Attributes:
        services: service term -> its kind (raw content, paste, chat, ...).
        processes: program names.
        encoded_command: words of IsEncodedCmd, for `has_any` on the command line.
        scheduled_or_service_parents, scripting_hosts, suspicious_parents: names for `in~`.
    """

    services: dict[str, str]
    processes: tuple[str, ...]
    encoded_command: tuple[str, ...]
    scheduled_or_service_parents: tuple[str, ...]
    scripting_hosts: tuple[str, ...]
    suspicious_parents: tuple[str, ...]


def load(settings: RuleSettings) -> Rule:
    """The lists of the profile, with the settings' additions."""
    services: dict[str, str] = {}
    processes: list[str] = []
    flags: dict[str, tuple[str, ...]] = {}
    for lists in _chain(settings.profile):
        services |= {name: entry["kind"] for name, entry in lists["services"].items()}
        processes += lists["processes"]
        flags |= {name: tuple(words) for name, words in lists.get("flags", {}).items()}
    return Rule(
        services=services | dict.fromkeys(settings.extra_services, "added"),
        processes=(*processes, *settings.extra_processes),
        **flags,
    )


def _chain(profile: Profile) -> list[dict[str, Any]]:
    """The profile's file after those it extends."""
    text = resources.files("beacon.profiles").joinpath(f"{profile}.toml")
    lists = tomllib.loads(text.read_text(encoding="utf-8"))
    return [*(_chain(lists["extends"]) if "extends" in lists else []), lists]
