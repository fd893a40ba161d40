"""Finds machines that poll public web services for orders, and says why.

    read -> rules -> channels -> timing -> evidence -> rank -> report

Each stage is a module or package of that name; `pipeline` joins them; `cli` is on top.

    >>> import beacon
    >>> result = beacon.score("day.parquet")   # doctest: +SKIP
    >>> result.alerts                          # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from beacon._version import __version__

if TYPE_CHECKING:
    from beacon.conversion import convert
    from beacon.errors import BeaconError, InputError, OutputError, SettingsError
    from beacon.pipeline import Result, score
    from beacon.settings import Settings

__all__ = [
    "BeaconError",
    "InputError",
    "OutputError",
    "Result",
    "Settings",
    "SettingsError",
    "__version__",
    "convert",
    "score",
]

_HOME = {
    "BeaconError": "errors",
    "InputError": "errors",
    "OutputError": "errors",
    "Result": "pipeline",
    "Settings": "settings",
    "SettingsError": "errors",
    "convert": "conversion",
    "score": "pipeline",
}


def __dir__() -> list[str]:
    """What is offered, imported yet or not, for those who ask by the tab key."""
    return sorted({*globals(), *__all__, "spark", "timing"})


def __getattr__(name: str) -> Any:
    """Import on first use: `beacon --help` must not wait for polars and scipy."""
    if name in ("spark", "timing"):
        return import_module(f"beacon.{name}")
    if name in _HOME:
        return getattr(import_module(f"beacon.{_HOME[name]}"), name)
    raise AttributeError(f"module 'beacon' has no attribute {name!r}")
