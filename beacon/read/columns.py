"""From any spelling and type of a column to the canonical one."""

import re
from collections.abc import Collection, Iterable, Mapping

import polars as pl

from beacon.errors import InputError
from beacon.read.plain import plain_column
from beacon.read.times import Clock
from beacon.schema import EVENTS, REQUIRED, TIME

ALIASES: dict[str, tuple[str, ...]] = {
    "Timestamp": ("eventtime", "timegenerated"),
    "DeviceName": ("computername", "computer"),
    "DeviceId": ("machineid",),
    "InitiatingProcessAccountName": ("accountname",),
    "InitiatingProcessAccountDomain": ("accountdomain",),
}
"""Other names, best first: the device timeline's, Log Analytics', the hunting query's.

The first that a file has serves all its rows.
"""

_TIME_TYPES = (pl.String, pl.Datetime, pl.Date, pl.Null)
COLUMNS_SHOWN = 40
"""Most column names quoted in an error."""


def locate(columns: Iterable[str], wanted: Iterable[str] = EVENTS) -> dict[str, str]:
    """Canonical name -> the column that holds it, ignoring case, spaces and `[UTC]` suffixes.

    A union over workspace tables suffixes names with their type (`ReportId_long`); the plain name
    wins over such a one, a canonical name over its aliases, the first of two over the second.
    """
    spelled: dict[str, str] = {}
    names = list(columns)
    for suffixes in ("", r"_(string|long|int|dynamic|datetime|[sdtgb])$"):
        for name in names:
            plain = re.sub(r"\s*\[[^\]]+\]\s*$", "", name).lower()
            spelled.setdefault(re.sub(rf"\s|{suffixes}" if suffixes else r"\s", "", plain), name)
    found = {}
    for canonical in wanted:
        for spelling in (canonical.lower(), *ALIASES.get(canonical, ())):
            if spelling in spelled:
                found[canonical] = spelled[spelling]
                break
    return found


def require(part: str, provided: Iterable[str], columns: Iterable[str]) -> None:
    """Check that channels can be formed from what a part provides.

    Args:
        part: the name for the error.
        provided: canonical names.
        columns: the part's own column names, for the error.

    Raises:
        InputError: one of `schema.REQUIRED`, or both RemoteUrl and RemoteIP, are missing.
    """
    known = set(provided)
    missing = [name for name in REQUIRED if name not in known]
    if not known & {"RemoteUrl", "RemoteIP"}:
        missing.append("RemoteUrl or RemoteIP")
    if missing:
        found = list(columns)
        more = f", ... ({len(found)} in all)" if len(found) > COLUMNS_SHOWN else ""
        raise InputError(
            part,
            f"lacks {', '.join(missing)}; columns found: {', '.join(found[:COLUMNS_SHOWN])}{more}",
        )


def check_types(part: str, located: Mapping[str, str], schema: pl.Schema) -> None:
    """Raise InputError for a time column whose type leaves its meaning open, such as a number."""
    for name, column in located.items():
        dtype = schema[column]
        if isinstance(EVENTS[name], pl.Datetime) and not isinstance(dtype, _TIME_TYPES):
            raise InputError(
                part, f"column {column} is of type {dtype}; write it as a datetime or ISO 8601 text"
            )


def canonical(
    name: str,
    located: Mapping[str, str],
    schema: pl.Schema,
    clock: Clock,
    types: Mapping[str, pl.DataType] = EVENTS,
    plainly: Collection[str] = (),
) -> pl.Expr:
    """One canonical column; null throughout where the source lacks it.

    Where the source has the type already, the plain column is returned, so that polars can push
    predicates and projections into the file. `plainly` has the names whose numbers or times are
    already there for all texts that `plain.with_plain` could read.
    """
    target = types[name]
    if name not in located:
        return pl.lit(None, dtype=target).alias(name)
    value = converted(pl.col(located[name]), schema[located[name]], target, clock)
    if name in plainly:
        value = pl.coalesce(plain_column(name), value)
    return value.alias(name)


def converted(column: pl.Expr, source: pl.DataType, target: pl.DataType, clock: Clock) -> pl.Expr:
    """Values of one type as those of a canonical one; null where they are none."""
    if source == target:
        return column
    if isinstance(target, pl.Datetime):
        return _time(column, source, target, clock)
    if target == pl.String:
        return _text(column, source)
    if source == pl.String:
        return _number(column, target)
    return column.cast(target, strict=False)


def _number(text: pl.Expr, target: pl.DataType) -> pl.Expr:
    """Text as whole numbers, which spreadsheets and data frames write as 443.0."""
    return text.str.strip_chars().str.replace(r"\.0+$", "").cast(target, strict=False)


def _time(column: pl.Expr, source: pl.DataType, target: pl.Datetime, clock: Clock) -> pl.Expr:
    if source == pl.String:
        if target == TIME:
            return clock.parse(column)
        return clock.also("iso zoned", "iso").parse(column, "us")
    if not isinstance(source, pl.Datetime):
        column = column.cast(pl.Datetime("us"), strict=False)
    if isinstance(source, pl.Datetime) and source.time_zone is not None:
        utc = column.dt.convert_time_zone("UTC")
    else:
        utc = column.dt.replace_time_zone("UTC")
    return utc.cast(target, strict=False)


def _text(column: pl.Expr, source: pl.DataType) -> pl.Expr:
    """Nested values (AdditionalFields as an object) become their JSON text."""
    if source.is_nested():
        wrapped = pl.struct(v=column).struct.json_encode()
        return pl.when(column.is_not_null()).then(wrapped.str.slice(5).str.head(-1))
    return column.cast(pl.String, strict=False)
