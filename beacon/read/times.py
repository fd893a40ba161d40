"""The time texts of every export, to UTC, with all their digits.

The advanced hunting portal writes times as the analyst's browser does (any locale, no zone), Log
Analytics as Americans do, everything else writes ISO 8601.
"""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import polars as pl

YEARS = (1678, 2261)
"""Whole years that 64-bit nanoseconds can hold; beyond them parsing would wrap silently."""


class Form(NamedTuple):
    """One way to write a time.

    Attributes:
        pattern: how to know it.
        formats: how to parse it, tried in turn; none: a date whose day order must be settled.
        is_tidied: pattern and formats apply to `tidy` text; the others are read as they are.
        is_zoned: it names its offset from UTC.
    """

    pattern: str
    formats: tuple[str, ...] = ()
    is_tidied: bool = True
    is_zoned: bool = False


def _clock(date: str) -> tuple[str, str]:
    return f"{date} %I:%M:%S%.f %p", f"{date} %H:%M:%S%.f"


_ISO = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?"
_COMMON = r"^(?:1[7-9]|2[01])dd-dd-ddTdd:dd:dd\.d{1,9}Z$".replace("d", "[0-9]")
_CLOCK = r" \d{1,2}:\d\d:\d\d(?:\.\d+)?(?: [ap]m)?$"

FORMS: dict[str, Form] = {
    "iso zoned": Form(rf"{_ISO}(?:Z|[+-]\d\d:?\d\d)$", ("%Y-%m-%dT%H:%M:%S%.f%#z",), False, True),
    "iso": Form(rf"{_ISO}$", ("%Y-%m-%dT%H:%M:%S%.f",), False),
    "iso spaced": Form(rf"{_ISO}$".replace("T", " "), ("%Y-%m-%d %H:%M:%S%.f",), False),
    "loose zoned": Form(
        rf"{_ISO}[+-]\d\d:?\d\d$".replace("T", " "), ("%Y-%m-%d %H:%M:%S%.f%#z",), True, True
    ),
    "slashes": Form(rf"^\d{{1,2}}/\d{{1,2}}/\d{{4}}{_CLOCK}"),
    "month name": Form(rf"^[a-z]{{3,9}} \d{{1,2}} \d{{4}}{_CLOCK}", _clock("%B %d %Y")),
    "day and month name": Form(rf"^\d{{1,2}} [a-z]{{3,9}} \d{{4}}{_CLOCK}", _clock("%d %B %Y")),
    "dots": Form(rf"^\d{{1,2}}\.\d{{1,2}}\.\d{{4}}{_CLOCK}", _clock("%d.%m.%Y")),
    "year first": Form(rf"^\d{{4}}/\d{{1,2}}/\d{{1,2}}{_CLOCK}", _clock("%Y/%m/%d")),
}


@dataclass(frozen=True)
class Clock:
    """How the times of one part are read."""

    forms: tuple[str, ...] = ("iso zoned",)
    zone: str = "UTC"
    day_first: bool = False

    def parse(self, text: pl.Expr, unit: Literal["ns", "us"] = "ns") -> pl.Expr:
        """Text to UTC; null where it cannot be read, is out of range or names no one instant."""
        zoned = [form for form in self.forms if FORMS[form].is_zoned]
        branches = [self._strptime(text, form, unit) for form in zoned]
        if len(zoned) < len(self.forms):
            wall = self._wall_clock(text, unit)
            local = wall.dt.replace_time_zone(self.zone, ambiguous="null", non_existent="null")
            branches.append(local.dt.convert_time_zone("UTC"))
        return pl.when(self._is_in_range(text)).then(pl.coalesce(branches))

    def also(self, *forms: str) -> "Clock":
        """The same clock, reading more forms."""
        return replace(self, forms=tuple(dict.fromkeys((*self.forms, *forms))))

    def reason(self, text: pl.Expr) -> pl.Expr:
        """Why a text that `parse` left null could not be read."""
        wall = self._wall_clock(text, "ns")
        earlier = wall.dt.replace_time_zone(self.zone, ambiguous="earliest", non_existent="null")
        return (
            pl.when(text.is_null() | (text.str.strip_chars() == ""))
            .then(pl.lit("no Timestamp"))
            .when(~_year(text).is_between(*YEARS))
            .then(pl.lit(f"Timestamp outside the years {YEARS[0]} to {YEARS[1]}"))
            .when(earlier.is_not_null())
            .then(pl.lit(f"Timestamp is ambiguous: the clock in {self.zone} went back then"))
            .when(wall.is_not_null())
            .then(pl.lit(f"Timestamp does not exist: the clock in {self.zone} went forward then"))
            .otherwise(pl.lit("Timestamp is not a time"))
        )

    def _wall_clock(self, text: pl.Expr, unit: Literal["ns", "us"]) -> pl.Expr:
        local = [form for form in self.forms if not FORMS[form].is_zoned]
        nothing = pl.lit(None, dtype=pl.Datetime(unit))
        return pl.coalesce([*(self._strptime(text, form, unit) for form in local), nothing])

    def _strptime(self, text: pl.Expr, name: str, unit: Literal["ns", "us"]) -> pl.Expr:
        form = FORMS[name]
        formats = form.formats or _clock("%d/%m/%Y" if self.day_first else "%m/%d/%Y")
        text = tidy(text) if form.is_tidied else text
        return pl.coalesce(
            text.str.to_datetime(format_, time_unit=unit, strict=False) for format_ in formats
        )

    def _is_in_range(self, text: pl.Expr) -> pl.Expr:
        """Whether the year is; every form has it as its first four digits in a row."""
        first, last = YEARS
        if any(FORMS[form].is_tidied for form in self.forms):
            return _year(text).is_between(first, last)
        return (text >= str(first)) & (text < str(last + 1))  # cheaper: the year comes first


def is_common(text: pl.Expr) -> pl.Expr:
    """Whether a text is a time as machines write it, in UTC with a fraction that has an end."""
    return text.str.contains(_COMMON).fill_null(value=False)


def parse_common(text: pl.Expr) -> pl.Expr:
    """Such texts to UTC, as `Clock` reads them; null for a day or hour that is none.

    Of one length, without a zone, polars parses them four times as fast.
    """
    padded = text.str.head(-1).str.pad_end(29, "0")
    wall = padded.str.to_datetime(
        "%Y-%m-%dT%H:%M:%S.%9f", time_unit="ns", strict=False, cache=False
    )
    return wall.dt.replace_time_zone("UTC")


def tidy(text: pl.Expr) -> pl.Expr:
    """Lower case, single spaces (browsers put U+202F before PM), no commas, 'am' for 'a.m.'.

    British and Australian browsers write `Sept`, which no parser takes for a month.
    """
    spaced = text.str.to_lowercase().str.replace_all(r"[\s,]+", " ").str.strip_chars()
    spaced = spaced.str.replace(r"\bsept\b", "sep")
    halves = spaced.str.replace(r" ?([ap])\.? ?m\.?$", " ${1}m")
    return halves.str.replace(r"^(\d\S{9})t", "${1} ").str.replace(r" ?(?:z|utc)$", "+0000")


def _year(text: pl.Expr) -> pl.Expr:
    return text.str.extract(r"(\d{4})").cast(pl.Int32, strict=False)  # digits of any script
