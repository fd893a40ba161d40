"""What confirms and what refutes each piece of evidence, and what to do then."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def entries() -> Mapping[str, Mapping[str, str]]:
    """Name of a term or of a benign class -> {confirms, refutes, do}, from `playbook.toml`."""
    text = (resources.files("beacon.report.page") / "playbook.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
