"""What a part's rows tell together about their times, and what the user must tell.

One row cannot say which zone it is in, or whether 5/4 is in May or in April. That is decided once
for a whole part, from all of its rows, or refused with the flag to pass.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

import polars as pl

from beacon.errors import InputError, SettingsError
from beacon.read.times import FORMS, Clock, tidy
from beacon.settings import ReadSettings

ALLOWED = "ISO 8601 such as 2026-05-04T18:41:25.3214567Z or the portal's May 4, 2026 6:41:25 PM"


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


def check_zone(settings: ReadSettings) -> None:
    """Raise SettingsError where the zone given is none, with the nearest that is."""
    zone = settings.timezone
    if zone is None:
        return
    try:
        pl.Series([0]).cast(pl.Datetime("us")).dt.replace_time_zone(zone)
    except (pl.exceptions.ComputeError, UnicodeEncodeError):
        known = sorted(available_timezones())
        ending = [name for name in known if name.lower().endswith(f"/{zone.lower()}")]
        near = ending or difflib.get_close_matches(zone, known, n=1, cutoff=0.0)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise SettingsError(f"--tz: {zone!r} is not an IANA time zone{hint}") from None


def survey(frame: pl.LazyFrame, column: str, alike: str | None = None) -> Survey:
    """Look at every time of a part; at texts other than the usual, which are few, again.

    Args:
        frame: its rows.
        column: of the time.
        alike: column that says which times are known to be usual; where all are, it will do.
    """
    text = pl.col(column)
    usual = next(iter(FORMS))
    if alike:
        count, are_all = _row(frame.select(pl.len(), pl.col(alike).all()))
        if count and are_all:
            return Survey(count, {usual: _row(frame.select(column).head(1))[0]})
    is_usual = text.str.contains(FORMS[usual].pattern)
    found = _first_of(frame, text, {usual: is_usual, "unusual": ~is_usual})
    if found["unusual"] is None:
        return Survey(found["rows"], {usual: found[usual]} if found[usual] else {})
    plain = {name: form for name, form in FORMS.items() if not form.is_tidied}
    masks = {name: text.str.contains(form.pattern) for name, form in plain.items()}
    is_other = ~pl.any_horizontal(masks.values()) & (text.str.strip_chars() != "")
    found = _first_of(frame, text, masks | {"other": is_other})
    if found["other"] is not None:
        tidied = pl.col("tidied")
        masks = {name: tidied.str.contains(FORMS[name].pattern) for name in FORMS.keys() - plain}
        first, second = (
            tidied.str.extract(pattern).cast(pl.Int32, strict=False)
            for pattern in (r"^(\d+)/\d+/", r"^\d+/(\d+)/")
        )
        orders = {
            "day_first": masks["slashes"] & (first > 12),
            "month_first": masks["slashes"] & (second > 12),
            "other": ~pl.any_horizontal(masks.values()),
        }
        others = frame.filter(is_other).select(column, tidied=tidy(text))
        found |= _first_of(others, text, masks | orders) | {"rows": found["rows"]}
    return Survey(
        rows=found["rows"],
        examples={name: found[name] for name in FORMS if found.get(name) is not None},
        day_first=found.get("day_first"),
        month_first=found.get("month_first"),
        other=found["other"],
    )


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


def _first_of(frame: pl.LazyFrame, text: pl.Expr, masks: Mapping[str, pl.Expr]) -> dict[str, Any]:
    """The number of rows, and the first text under each mask or None."""
    firsts = [text.filter(mask).first().alias(name) for name, mask in masks.items()]
    found = frame.select(pl.len().alias("rows"), *firsts).collect(engine="streaming")
    return found.row(0, named=True)


def _row(frame: pl.LazyFrame) -> tuple[Any, ...]:
    return frame.collect(engine="streaming").row(0)
