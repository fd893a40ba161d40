"""Options that several commands share, and how they fill the settings."""

import os
import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from beacon.errors import SettingsError

if TYPE_CHECKING:
    from beacon.settings import Settings

_UNIT_HOURS = {"m": 1 / 60, "h": 1.0, "d": 24.0}


class Mode(StrEnum):
    """How rows are matched."""

    faithful = "faithful"
    strict = "strict"
    any = "any"


class Profile(StrEnum):
    """Which lists the rule has."""

    seed = "seed"
    extended = "extended"


class DayOrder(StrEnum):
    """Order of a d/m/y date."""

    day_first = "day-first"
    month_first = "month-first"


Inputs = Annotated[
    list[str], typer.Argument(metavar="INPUT...", help="Files, folders or globs: one export.")
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write here instead of stdout.")
]
Match = Annotated[
    Mode | None,
    typer.Option(
        help="faithful (default): the KQL row by row; strict: host at or under a service; "
        "any: no rule."
    ),
]
Lists = Annotated[
    Profile | None,
    typer.Option(
        "--profile",
        help="seed (default): the query's lists; extended: more services and programs, "
        "Linux and macOS.",
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="The query's now(), ISO 8601; else no window."),
]
Window = Annotated[
    str | None, typer.Option(metavar="24h", help="Keep what is newer than this (m, h or d).")
]
History = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Remember this run there, and use the days before."),
]
Config = Annotated[Path | None, typer.Option(help="Settings in TOML; flags win over it.")]
Zone = Annotated[
    str | None, typer.Option(metavar="ZONE", help="Zone of times without one, e.g. Europe/Berlin.")
]
Order = Annotated[DayOrder | None, typer.Option(help="How to read 05/04/2026.")]
Threads = Annotated[
    int | None,
    typer.Option(
        min=1, max=1024, metavar="N", help="Threads that compute; the result is the same."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No summary, no progress.")]


def limit_threads(threads: int | None) -> None:
    """Bound the threads of the libraries, which read these variables once, when imported.

    Raises:
        SettingsError: polars runs already, with another number.
    """
    if threads is None:
        return
    for library in ("POLARS_MAX", "OMP_NUM", "MKL_NUM"):
        os.environ[f"{library}_THREADS"] = str(threads)
    if "polars" in sys.modules and sys.modules["polars"].thread_pool_size() != threads:
        raise SettingsError("--threads: polars runs already; set POLARS_MAX_THREADS at the start")


def gather(config: Path | None, **flags: Any) -> "Settings":
    """Settings from file and flags; names are dotted with two underscores, as `rank__budget`."""
    from beacon.settings import resolve

    spelled = {
        "rule__window_hours": "--window",
        "read__timezone": "--tz",
        "history__folder": "--history",
    }
    return resolve(
        config,
        {
            name.replace("__", "."): (
                spelled.get(name, "--" + name.split("__")[1].replace("_", "-")),
                value.value if isinstance(value, StrEnum) else value,
            )
            for name, value in flags.items()
        },
    )


def selection(
    match: Mode | None,
    as_of: str | None,
    window: str | None,
    tz: str | None,
    order: DayOrder | None,
) -> dict[str, Any]:
    """The flags of reading and rule, as `gather` takes them."""
    from beacon.settings import parse_time

    return {
        "rule__match": match,
        "rule__as_of": parse_time(as_of) if as_of else None,
        "rule__window_hours": hours(window) if window else None,
        "read__timezone": tz,
        "read__day_order": order,
    }


def hours(text: str) -> float:
    """'24h', '7d' or '90m' in hours.

    Raises:
        SettingsError: the text is no such duration.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([mhd])", text.strip())
    if not found or float(found[1]) == 0:
        raise SettingsError(f"--window: {text!r} is not a duration such as 90m, 24h or 7d")
    return float(found[1]) * _UNIT_HOURS[found[2]]
