"""Stage 2: which connections are looked at (the KQL rule, its lists and its flags)."""

from beacon.rules.hosts import host_of
from beacon.rules.match import PROJECTION, base_name, flags, keep, project, span, terms, tests
from beacon.rules.other import between
from beacon.rules.profile import Rule, load
from beacon.rules.select import Selection, candidates, is_wanted, label, newest, select

__all__ = [
    "PROJECTION",
    "Rule",
    "Selection",
    "base_name",
    "between",
    "candidates",
    "flags",
    "host_of",
    "is_wanted",
    "keep",
    "label",
    "load",
    "newest",
    "project",
    "select",
    "span",
    "terms",
    "tests",
]
