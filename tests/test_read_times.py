"""Times: every form round-trips, and what a text leaves open is settled or refused."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beacon.errors import InputError, SettingsError
from beacon.read import from_frame
from beacon.read.time_survey import settle, survey
from beacon.read.times import Clock
from beacon.settings import ReadSettings

UTC_PORTAL = ReadSettings(timezone="UTC", day_order="month-first")


def understood(texts: list[str], given_: ReadSettings, zoneless_is_utc: bool = False) -> list:
    """Nanoseconds since 1970 of the texts, as one part's time column."""
    frame = pl.LazyFrame({"t": texts}, schema={"t": pl.String})
    clock = settle("part", survey(frame, "t"), given_, zoneless_is_utc)
    return frame.select(clock.parse(pl.col("t")).to_physical()).collect()["t"].to_list()


def spoken(time: datetime, hour24: bool) -> str:
    """A time of day as browsers write it, without leading zero."""
    if hour24:
        return f"{time.hour}:{time:%M:%S}"
    return f"{time:%I}".lstrip("0") + f":{time:%M:%S}"


FORMS = {
    "Z": lambda t, f: f"{t:%Y-%m-%dT%H:%M:%S}{f}Z",
    "offset": lambda t, f: f"{t + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}{f}+02:00",
    "offset, no colon": lambda t, f: f"{t - timedelta(hours=8):%Y-%m-%dT%H:%M:%S}{f}-0800",
    "spaced UTC": lambda t, f: f" {t:%Y-%m-%d %H:%M:%S}{f} UTC ",
    "ISO, no zone": lambda t, f: f"{t:%Y-%m-%dT%H:%M:%S}{f}",
    "Sysmon": lambda t, f: f"{t:%Y-%m-%d %H:%M:%S}{f}",
    "US": lambda t, f: f"{t.month}/{t.day}/{t.year:04}, {spoken(t, False)}{f} {t:%p}",
    "US, 24 hours": lambda t, f: f"{t:%m/%d}/{t.year:04} {spoken(t, True)}{f}",
    "month name": lambda t, f: f"{t:%b} {t.day}, {t.year:04} {spoken(t, False)}{f} {t:%p}",
    "narrow space": lambda t, f: f"{t:%b} {t.day}, {t.year:04} {spoken(t, False)}{f}\u202f{t:%p}",
    "month in full": lambda t, f: f"{t:%B} {t.day}, {t.year:04} {spoken(t, True)}{f}",
    "British": lambda t, f: f"{t.day} {t:%b} {t.year:04}, {spoken(t, True)}{f}".replace(
        "Sep", "Sept"
    ),
    "Canadian": lambda t, f: f"{t:%b} {t.day}, {t.year:04}, {spoken(t, False)}{f} {t:%p}".replace(
        "AM", "a.m."
    ).replace("PM", "p.m."),
    "German": lambda t, f: f"{t.day}.{t.month}.{t.year:04}, {spoken(t, True)}{f}",
    "Japanese": lambda t, f: f"{t.year:04}/{t.month}/{t.day} {spoken(t, True)}{f}",
}

MOMENTS = st.lists(
    st.tuples(
        st.datetimes(datetime(1678, 1, 2), datetime(2261, 12, 30)).map(
            lambda t: t.replace(microsecond=0)
        ),
        st.integers(0, 9_999_999),  # 100 ns ticks, as the sources count
        st.integers(0, 7),
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.parametrize("form", FORMS)
@given(moments=MOMENTS)
@settings(deadline=None)
def test_every_form_keeps_every_digit(form, moments):
    texts, expected = [], []
    for time, ticks, digits in moments:
        kept = ticks - ticks % 10 ** (7 - digits)
        fraction = f".{ticks:07}"[: digits + 1] if digits else ""
        texts.append(FORMS[form](time, fraction))
        seconds = (time - datetime(1970, 1, 1)) // timedelta(seconds=1)
        expected.append(seconds * 10**9 + kept * 100)
    if form.startswith("US") and any(time.day > 12 for time, _, _ in moments):
        assert understood(texts, ReadSettings(timezone="UTC")) == expected
    assert understood(texts, UTC_PORTAL) == expected


ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1)).map(
        lambda t: t.replace(microsecond=0, tzinfo=UTC)
    ),
    st.sampled_from(ZONES),
)
@settings(deadline=None)
def test_a_wall_clock_names_one_instant_or_none(instant, zone):
    here = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    both = {here.replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp() for fold in (0, 1)}
    [found] = understood([f"{here:%b %d, %Y %I:%M:%S %p}"], ReadSettings(timezone=zone))
    assert found == (int(instant.timestamp()) * 10**9 if len(both) == 1 else None)


def test_the_seventh_digit_survives_offsets_and_zones():
    berlin = ReadSettings(timezone="Europe/Berlin")
    expected = [1777920085321456700]
    assert understood(["2026-05-04T20:41:25.3214567+02:00"], ReadSettings()) == expected
    assert understood(["2026-05-04T20:41:25.3214567"], berlin) == expected
    assert understood(["2026-05-04 18:41:25.3214567"], berlin, zoneless_is_utc=True) == expected


REFUSED = {
    "no zone": (
        ["May 4, 2026 6:41:25 PM"],
        {},
        "times such as 'May 4, 2026 6:41:25 PM' carry no time zone; "
        "pass --tz with the portal's zone, e.g. --tz Europe/Berlin",
    ),
    "no day order": (
        ["05/12/2024 6:41:32 PM"],
        {"timezone": "UTC"},
        "dates such as '05/12/2024 6:41:32 PM' could be day/month or month/day; "
        "pass --day-order day-first or --day-order month-first",
    ),
    "neither": (
        ["05/12/2024 18:41:25.123"],
        {},
        "times such as '05/12/2024 18:41:25.123' carry no time zone; "
        "pass --tz with the portal's zone, e.g. --tz Europe/Berlin; "
        "dates such as '05/12/2024 18:41:25.123' could be day/month or month/day; "
        "pass --day-order day-first or --day-order month-first",
    ),
    "two orders": (
        ["13/03/2024, 3:40:13.988 pm", "3/13/2024, 3:40:13.988 pm"],
        {"timezone": "UTC"},
        "'13/03/2024, 3:40:13.988 pm' can only be day/month, "
        "'3/13/2024, 3:40:13.988 pm' only month/day; "
        "one file must have one order: split it by its source",
    ),
    "wrong order": (
        ["13/03/2024, 3:40:13.988 pm"],
        {"timezone": "UTC", "day_order": "month-first"},
        "'13/03/2024, 3:40:13.988 pm' can only be day-first, not --day-order month-first",
    ),
    "two zones": (
        ["2026-05-04T18:41:25Z", "2026-05-04T18:41:25"],
        {"timezone": "UTC"},
        "some times carry a zone ('2026-05-04T18:41:25Z') and some do not "
        "('2026-05-04T18:41:25'); one file must have one form: split it by its source",
    ),
    "no times": (
        ["", "yesterday"],
        {"timezone": "UTC"},
        "no Timestamp can be read, e.g. 'yesterday'; allowed: ISO 8601 such as "
        "2026-05-04T18:41:25.3214567Z or the portal's May 4, 2026 6:41:25 PM",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_open_questions_are_refused_with_what_to_pass(case):
    texts, given_, message = REFUSED[case]
    with pytest.raises(InputError) as refusal:
        understood(texts, ReadSettings(**given_))
    assert str(refusal.value) == f"part: {message}"


def test_one_day_above_twelve_settles_the_order_of_all():
    utc = ReadSettings(timezone="UTC")
    first, second = understood(["4/5/2026 1:00:00 AM", "13/5/2026 1:00:00 AM"], utc)
    assert second - first == 9 * 86400 * 10**9
    first, second = understood(["4/5/2026 1:00:00 AM", "4/13/2026 1:00:00 AM"], utc)
    assert second - first == 8 * 86400 * 10**9


REASONS = {
    "": "no Timestamp",
    None: "no Timestamp",
    "soon": "Timestamp is not a time",
    "2026-02-30T00:00:00": "Timestamp is not a time",
    "1601-01-01T00:00:00": "Timestamp outside the years 1678 to 2261",
    "9999-12-31T00:00:00": "Timestamp outside the years 1678 to 2261",
    "2026-10-25T02:30:00": "Timestamp is ambiguous: the clock in Europe/Berlin went back then",
    "2026-03-29T02:30:00": "Timestamp does not exist: the clock in Europe/Berlin went forward then",
}


def test_each_unreadable_time_has_its_reason():
    clock = Clock(("iso",), "Europe/Berlin")
    frame = pl.DataFrame({"t": [*REASONS, "2026-03-29T03:30:00"]})
    parsed = frame.select("t", time=clock.parse(pl.col("t")), reason=clock.reason(pl.col("t")))
    assert parsed["time"].is_null().to_list() == [True] * len(REASONS) + [False]
    assert parsed["reason"].to_list()[:-1] == list(REASONS.values())


@pytest.mark.parametrize(
    "text", ["२०२६-05-04T00:00:00", "99999999999/1/2026 1:02:03", "५/4/2026 1:02:03 PM"]
)
def test_digits_of_another_script_or_too_many_cost_one_row(text):
    usual = "May 4, 2026 6:41:25 PM"
    assert understood([usual, text], UTC_PORTAL)[1:] == [None]


def test_a_zone_that_is_none_is_refused_with_the_nearest():
    with pytest.raises(SettingsError, match=r"^--tz: 'Berlin' is not .* you mean Europe/Berlin\?$"):
        from_frame(pl.DataFrame(), ReadSettings(timezone="Berlin"))
    with pytest.raises(SettingsError, match=r"^--tz: .* is not an IANA time zone"):
        from_frame(pl.DataFrame(), ReadSettings(timezone="\udcff"))
