"""CSV from the three portals: advanced hunting, Log Analytics, device timeline.

They differ in their headers and in what a time without a zone means. The advanced hunting portal
follows the browser's locale and the portal's zone (Microsoft Learn, "Set the time zone for
Microsoft Defender XDR"); Log Analytics says `[UTC]` or `[Local Time]` in the header; the device
timeline writes UTC.
"""

import re
from collections.abc import Callable

from beacon.errors import InputError
from beacon.read.columns import locate
from beacon.read.csv_text import header, rows
from beacon.read.part import Part
from beacon.read.shape import Shape
from beacon.read.source import Source
from beacon.read.table import Table, to_part
from beacon.settings import ReadSettings

SUFFIX = re.compile(r"\[(UTC|Local Time)\]\s*$")


def _columns(source: Source) -> list[str]:
    return [] if source.opening.startswith(("{", "[")) else header(source)[0]


def is_log_analytics(source: Source) -> bool:
    """Whether a time column says which zone it is in."""
    return any(SUFFIX.search(column) for column in _columns(source))


def is_timeline(source: Source) -> bool:
    """Whether the headers are the device timeline's."""
    return "Event Time" in _columns(source)


def is_hunting(source: Source) -> bool:
    """Whether at least two headers are Defender's."""
    return len(locate(_columns(source))) > 1


def _scan(source: Source, settings: ReadSettings, shape: str) -> Part:
    columns, separator = header(source)
    if len(columns) > settings.most_columns:
        raise InputError(
            source.name,
            f"line 1: {len(columns):,} columns: select those needed, or raise [read] most_columns",
        )
    duplicate = next((c for i, c in enumerate(columns) if c in columns[:i]), None)
    if duplicate is not None:
        raise InputError(source.name, f"line 1: two columns are named {duplicate!r}; remove one")
    below = rows(source, columns, separator)
    # Where a file has both, `[UTC]` needs no zone from the user.
    located = locate(sorted(columns, key=lambda column: "[Local Time]" in column))
    time = located.get("Timestamp", "")
    table = Table(
        below.frame,
        located,
        bad=below.bad,
        zoneless_is_utc=shape == TIMELINE or time.endswith("[UTC]"),
        has_limit=True,
        notes=(*_ASSUMED.get(shape, ()), *below.notes),
    )
    return to_part(source.name, shape, table, settings)


TIMELINE, LOG_ANALYTICS, HUNTING = "device timeline csv", "log analytics csv", "portal csv"
_ASSUMED = {TIMELINE: ("times without a zone are UTC, as the device timeline documents",)}


def _shape(name: str, recognise: Callable[[Source], bool]) -> Shape:
    return Shape(name, recognise, lambda source, settings: _scan(source, settings, name))


SHAPES = (
    _shape(TIMELINE, is_timeline),
    _shape(LOG_ANALYTICS, is_log_analytics),
    _shape(HUNTING, is_hunting),
)
