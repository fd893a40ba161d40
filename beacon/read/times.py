"""The time texts of every export, to UTC, with all their digits.

Which forms occur: the advanced hunting portal writes times as the analyst's browser does (any
locale, no zone), Log Analytics names the zone in the header, everything else writes ISO 8601.
What one row cannot tell (the zone, day before month) is decided once for a whole part, from all
of its rows, or refused with the flag to pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import polars as pl

from beacon.errors import InputError
from beacon.settings import ReadSettings

TIME_OF_DAY = r"\d{1,2}:\d\d:\d\d(?:\.\d+)?"
CLOCK_FORMATS = ("%I:%M:%S%.f %p", "%H:%M:%S%.f")
YEARS = (1678, 2261)
"""Whole years that 64-bit nanoseconds can hold."""

ALLOWED = "ISO 8601 such as 2026-05-04T18:41:25.3214567Z or the portal's May 4, 2026 6:41:25 PM"


class Form(NamedTuple):
    """One way to write a time: how to know it and, after `_tidy`, how to parse its date."""

    pattern: str
    dates: tuple[str, ...]


def _local(date: str, *dates: str) -> Form:
    return Form(rf"^{date} {TIME_OF_DAY}(?: [ap]m)?$", dates)


FORMS: dict[str, Form] = {
    "zoned": Form(rf"^\d{{4}}-\d\d-\d\d[t ]{TIME_OF_DAY} ?(?:z|utc|[+-]\d\d:?\d\d)$", ()),
    "iso": Form(rf"^\d{{4}}-\d\d-\d\d[t ]{TIME_OF_DAY}$", ()),
    "slashes": _local(r"\d{1,2}/\d{1,2}/\d{4}"),  # its date format depends on the day order
    "month name": _local(r"[a-z]{3,9}\.? \d{1,2} \d{4}", "%B %d %Y"),
    "day and month name": _local(r"\d{1,2} [a-z]{3,9}\.? \d{4}", "%d %B %Y"),
    "dots": _local(r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    "year first": _local(r"\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d"),
}


@dataclass(frozen=True)
class Survey:
    """What the time column of a part holds.

    Attributes:
        examples: form -> the first text of it; only forms that occur.
        day_first: a date that can only be day/month, or None.
        month_first: a date that can only be month/day, or None.
        other: the first text of no known form, or None.
    """

    examples: Mapping[str, str]
    day_first: str | None
    month_first: str | None
    other: str | None


@dataclass(frozen=True)
class Clock:
    """How the times of one part are read."""

    forms: tuple[str, ...] = ("zoned",)
    zone: str = "UTC"
    day_first: bool = False

    def parse(self, text: pl.Expr, unit: Literal["ns", "us"] = "ns") -> pl.Expr:
        """Text to UTC; null where it cannot be read, is out of range or names no one instant."""
        zoned = _strptime(_iso(text), "%Y-%m-%dT%H:%M:%S%.f%#z", unit)
        local = self._wall_clock(text, unit).dt.replace_time_zone(
            self.zone, ambiguous="null", non_existent="null"
        )
        branches = [zoned] if "zoned" in self.forms else []
        if self.forms != ("zoned",):
            branches.append(local.dt.convert_time_zone("UTC"))
        time = pl.coalesce(branches)
        return pl.when(_in_range(text)).then(time) if unit == "ns" else time

    def reason(self, text: pl.Expr) -> pl.Expr:
        """Why a text that `parse` left null could not be read."""
        wall = self._wall_clock(text, "ns")
        earlier = wall.dt.replace_time_zone(self.zone, ambiguous="earliest", non_existent="null")
        return (
            pl.when(text.is_null() | (text.str.strip_chars() == ""))
            .then(pl.lit("no Timestamp"))
            .when(~_in_range(text))
            .then(pl.lit(f"Timestamp outside the years {YEARS[0]} to {YEARS[1]}"))
            .when(earlier.is_not_null())
            .then(pl.lit(f"Timestamp is ambiguous: the clock in {self.zone} went back then"))
            .when(wall.is_not_null())
            .then(pl.lit(f"Timestamp does not exist: the clock in {self.zone} went forward then"))
            .otherwise(pl.lit("Timestamp is not a time"))
        )

    def _wall_clock(self, text: pl.Expr, unit: Literal["ns", "us"]) -> pl.Expr:
        branches = [_strptime(_iso(text), "%Y-%m-%dT%H:%M:%S%.f", unit)]
        for form in (form for form in self.forms if form not in ("zoned", "iso")):
            order = ("%d/%m/%Y",) if self.day_first else ("%m/%d/%Y",)
            for date in FORMS[form].dates or order:
                branches += [
                    _strptime(_tidy(text), f"{date} {clock}", unit) for clock in CLOCK_FORMATS
                ]
        return pl.coalesce(branches)


def survey(text: pl.Expr) -> list[pl.Expr]:
    """Aggregates that `read_survey` understands, to be computed over all rows of a part."""
    tidy = _tidy(text)
    first, second = (
        tidy.str.extract(rf"^(?:\d+/){{{skip}}}(\d{{1,2}})/").cast(pl.Int32) for skip in (0, 1)
    )
    is_form = {name: tidy.str.contains(form.pattern) for name, form in FORMS.items()}
    wanted = is_form | {
        "day_first": is_form["slashes"] & (first > 12),
        "month_first": is_form["slashes"] & (second > 12),
        "other": ~pl.any_horizontal(is_form.values()) & (tidy != ""),
    }
    return [text.filter(mask).first().alias(f"time:{name}") for name, mask in wanted.items()]


def read_survey(row: Mapping[str, str | None]) -> Survey:
    """The computed aggregates, named."""
    found = {name: row[f"time:{name}"] for name in (*FORMS, "day_first", "month_first", "other")}
    examples = {name: text for name in FORMS if (text := found[name]) is not None}
    return Survey(examples, found["day_first"], found["month_first"], found["other"])


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
    local = next((text for form, text in seen.examples.items() if form != "zoned"), None)
    if not seen.examples and seen.other is not None:
        raise InputError(part, f"no Timestamp can be read, e.g. {seen.other!r}; allowed: {ALLOWED}")
    if local is not None and "zoned" in seen.examples:
        raise InputError(
            part,
            f"some times carry a zone ({seen.examples['zoned']!r}) and some do not ({local!r}); "
            "one file must have one form: split it by its source",
        )
    needs = []
    if local is not None and not zoneless_is_utc and settings.timezone is None:
        needs.append(
            f"times such as {local!r} carry no time zone; "
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
    proof = seen.day_first or seen.month_first
    given = settings.day_order
    if proof is None:
        return None if given is None else given == "day-first"
    shown = "day-first" if seen.day_first else "month-first"
    if given not in (None, shown):
        raise InputError(part, f"{proof!r} can only be {shown}, not --day-order {given}")
    return shown == "day-first"


def _tidy(text: pl.Expr) -> pl.Expr:
    """Lower case, single spaces (browsers put U+202F before PM), no commas, 'a.m.' as 'am'."""
    spaced = text.str.to_lowercase().str.replace_all(r"[\s,]+", " ").str.strip_chars()
    return spaced.str.replace(r" ?([ap])\.? ?m\.?$", " ${1}m")


def _iso(text: pl.Expr) -> pl.Expr:
    return text.str.strip_chars().str.replace(r"^(\S{10}) ", "${1}T").str.replace(r" ?UTC$", "Z")


def _strptime(text: pl.Expr, pattern: str, unit: Literal["ns", "us"]) -> pl.Expr:
    return text.str.to_datetime(pattern, time_unit=unit, strict=False)


def _in_range(text: pl.Expr) -> pl.Expr:
    """Every form has its year as the first four digits in a row; parsing would wrap silently."""
    return text.str.extract(r"(\d{4})").cast(pl.Int32).is_between(*YEARS)
