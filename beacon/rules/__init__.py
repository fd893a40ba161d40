"""Stage 2: which connections are looked at (the KQL rule, its lists and its flags)."""

from beacon.rules.hosts import host_of
from beacon.rules.match import PROJECTION, base_name, flags, in_window, keep, project, strict, terms
from beacon.rules.profile import Rule, load

__all__ = [
    "PROJECTION",
    "Rule",
    "base_name",
    "flags",
    "host_of",
    "in_window",
    "keep",
    "load",
    "project",
    "strict",
    "terms",
]
