"""Stage 2: which connections are looked at (the KQL rule, its lists and its flags)."""

from beacon.rules.hosts import HOST_STEPS, host_of
from beacon.rules.kql import has_pattern
from beacon.rules.match import (
    FOLDER,
    PROJECTION,
    base_name,
    flags,
    keep,
    project,
    span,
    terms,
    tests,
)
from beacon.rules.other import between
from beacon.rules.profile import Rule, load
from beacon.rules.select import Selection, candidates, is_wanted, label, newest, select

__all__ = [
    "FOLDER",
    "HOST_STEPS",
    "PROJECTION",
    "Rule",
    "Selection",
    "base_name",
    "between",
    "candidates",
    "flags",
    "has_pattern",
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
