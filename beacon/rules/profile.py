"""The rule's lists: which services, which programs, which words make a flag."""

import tomllib
from dataclasses import dataclass
from importlib import resources

from beacon.settings import RuleSettings


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
    text = resources.files("beacon.profiles").joinpath(f"{settings.profile}.toml")
    lists = tomllib.loads(text.read_text(encoding="utf-8"))
    flags = {name: tuple(words) for name, words in lists["flags"].items()}
    return Rule(
        services=lists["services"] | dict.fromkeys(settings.extra_services, "added"),
        processes=(*lists["processes"]["names"], *settings.extra_processes),
        **flags,
    )
