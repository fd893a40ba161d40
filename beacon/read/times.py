"""The time texts of every export, to UTC, with all their digits.

The advanced hunting portal writes times as the analyst's browser does (any locale, no zone), Log
Analytics names the zone in the header, everything else writes ISO 8601. What one row cannot tell
(the zone, day before month) is decided once for a whole part, from all of its rows, or refused
with the flag to pass.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple
from zoneinfo import available_timezones

import polars as pl

from beacon.errors import InputError, SettingsError
from beacon.settings import ReadSettings

YEARS = (1678, 2261)
"""Whole years that 64-bit nanoseconds can hold; beyond them parsing would wrap silently."""

ALLOWED = "ISO 8601 such as 2026-05-04T18:41:25.3214567Z or the portal's May 4, 2026 6:41:25 PM"


class Form(NamedTuple):
    """One way to write a time.

    Attributes:
        pattern: how to know it.
        formats: how to parse it, tried in turn; none: a date whose day order must be settled.
        is_tidied: pattern and formats apply to `_tidy` text; the others are read as they are.
        is_zoned: it names its offset from UTC.
    """

    pattern: str
    formats: tuple[str, ...] = ()
    is_tidied: bool = True
    is_zoned: bool = False


def _clock(date: str) -> tuple[str, str]:
    return f"{date} %I:%M:%S%.f %p", f"{date} %H:%M:%S%.f"


_ISO = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?"
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
class Survey:
    """What the time column of a part holds.

    Attributes:
        rows: how many rows were looked at.
        examples: form -> the first text of it; only forms that occur.
        day_first: a date that can only be day/month, or None.
        month_first: a date that can only be month/day, or None.
        other: the first text of no known form, or None.
    """

    rows: int
    examples: Mapping[str, str]
    day_first: str | None = None
    month_first: str | None = None
    other: str | None = None

    @property
    def local(self) -> str | None:
        """The first text without a zone."""
        texts = (text for form, text in self.examples.items() if not FORMS[form].is_zoned)
        return next(texts, None)

    @property
    def zoned(self) -> str | None:
        """The first text with a zone."""
        return next((text for form, text in self.examples.items() if FORMS[form].is_zoned), None)


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
        text = _tidy(text) if form.is_tidied else text
        return pl.coalesce(
            text.str.to_datetime(format_, time_unit=unit, strict=False) for format_ in formats
        )

    def _is_in_range(self, text: pl.Expr) -> pl.Expr:
        """Whether the year is; every form has it as its first four digits in a row."""
        first, last = YEARS
        if any(FORMS[form].is_tidied for form in self.forms):
            return _year(text).is_between(first, last)
        return (text >= str(first)) & (text < str(last + 1))  # cheaper: the year comes first


def check_zone(settings: ReadSettings) -> None:
    """Raise SettingsError where the zone given is none, with the nearest that is."""
    zone = settings.timezone
    if zone is None:
        return
    try:
        pl.Series([0]).cast(pl.Datetime("us")).dt.replace_time_zone(zone)
    except pl.exceptions.ComputeError:
        known = sorted(available_timezones())
        ending = [name for name in known if name.lower().endswith(f"/{zone.lower()}")]
        near = ending or difflib.get_close_matches(zone, known, n=1, cutoff=0.0)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise SettingsError(f"--tz: {zone!r} is not an IANA time zone{hint}") from None


def survey(frame: pl.LazyFrame, column: str) -> Survey:
    """Look at every time of a part; texts other than plain ISO 8601, which are few, twice."""
    text = pl.col(column)
    plain = {name: form for name, form in FORMS.items() if not form.is_tidied}
    masks = {name: text.str.contains(form.pattern) for name, form in plain.items()}
    is_other = ~pl.any_horizontal(masks.values()) & (text.str.strip_chars() != "")
    found = _first_of(frame, text, masks | {"other": is_other})
    rows, other = int(found.pop("rows") or 0), found.pop("other")
    if other is not None:
        tidy = pl.col("tidy")
        masks = {name: tidy.str.contains(FORMS[name].pattern) for name in FORMS.keys() - plain}
        number = [tidy.str.extract(p).cast(pl.Int32) for p in (r"^(\d+)/\d+/", r"^\d{1,2}/(\d+)/")]
        orders = {
            "day_first": masks["slashes"] & (number[0] > 12),
            "month_first": masks["slashes"] & (number[1] > 12),
            "other": ~pl.any_horizontal(masks.values()),
        }
        others = frame.filter(is_other).select(column, tidy=_tidy(text))
        found |= _first_of(others, text, masks | orders)
    examples = {name: example for name in FORMS if (example := found.get(name)) is not None}
    return Survey(rows, examples, *(found.get(n) for n in ("day_first", "month_first", "other")))


def settle(part: str, seen: Survey, settings: ReadSettings, zoneless_is_utc: bool) -> Clock:
    """Decide how a part's times are read, or say what must be passed.

    Args:
        part: the name for errors.
        seen: what the time column holds.
        settings: the zone and day order given by the user.
        zoneless_is_utc: the format documents times without a zone as UTC.

    Raises:
        InputError: nothing can be read, forms contradict each other, or a flag is needed.
    """
    if not seen.examples and seen.other is not None:
        raise InputError(part, f"no Timestamp can be read, e.g. {seen.other!r}; allowed: {ALLOWED}")
    if seen.local is not None and seen.zoned is not None:
        raise InputError(
            part,
            f"some times carry a zone ({seen.zoned!r}) and some do not ({seen.local!r}); "
            "one file must have one form: split it by its source",
        )
    needs = []
    if seen.local is not None and not zoneless_is_utc and settings.timezone is None:
        needs.append(
            f"times such as {seen.local!r} carry no time zone; "
            "pass --tz with the portal's zone, e.g. --tz Europe/Berlin"
        )
    day_first = _day_first(part, seen, settings)
    if day_first is None:
        needs.append(
            f"dates such as {seen.examples['slashes']!r} could be day/month or month/day; "
            "pass --day-order day-first or --day-order month-first"
        )
    if needs:
        raise InputError(part, "; ".join(needs))
    zone = "UTC" if zoneless_is_utc else settings.timezone or "UTC"
    return Clock(tuple(seen.examples) or Clock.forms, zone, bool(day_first))


def _day_first(part: str, seen: Survey, settings: ReadSettings) -> bool | None:
    """The day order; None where it is needed and open."""
    if "slashes" not in seen.examples:
        return False
    if seen.day_first and seen.month_first:
        raise InputError(
            part,
            f"{seen.day_first!r} can only be day/month, {seen.month_first!r} only month/day; "
            "one file must have one order: split it by its source",
        )
    proof, given = seen.day_first or seen.month_first, settings.day_order
    if proof is None:
        return None if given is None else given == "day-first"
    shown = "day-first" if seen.day_first else "month-first"
    if given not in (None, shown):
        raise InputError(part, f"{proof!r} can only be {shown}, not --day-order {given}")
    return shown == "day-first"


def _year(text: pl.Expr) -> pl.Expr:
    return text.str.extract(r"(\d{4})").cast(pl.Int32)


def _tidy(text: pl.Expr) -> pl.Expr:
    """Lower case, single spaces (browsers put U+202F before PM), no commas, 'am' for 'a.m.'."""
    spaced = text.str.to_lowercase().str.replace_all(r"[\s,]+", " ").str.strip_chars()
    halves = spaced.str.replace(r" ?([ap])\.? ?m\.?$", " ${1}m")
    return halves.str.replace(r"^(\d\S{9})t", "${1} ").str.replace(r" ?(?:z|utc)$", "+0000")


def _first_of(
    frame: pl.LazyFrame, text: pl.Expr, masks: Mapping[str, pl.Expr]
) -> dict[str, str | None]:
    firsts = [text.filter(mask).first().alias(name) for name, mask in masks.items()]
    found = frame.select(pl.len().cast(pl.String).alias("rows"), *firsts)
    return dict(found.collect(engine="streaming").row(0, named=True))
