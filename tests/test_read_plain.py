"""What is kept beside a text, parsed once, is what the long way makes of the text itself."""

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from beacon.read.columns import canonical
from beacon.read.plain import ALIKE, PARSED, plain_names, with_plain
from beacon.read.time_survey import survey
from beacon.read.times import FORMS, Clock
from beacon.read.values import all_plain, lost_notes, value_checks

PORT, BORN = "RemotePort", "InitiatingProcessCreationTime"
COLUMNS = {"Timestamp": "t", PORT: "port", BORN: "born"}
CLOCKS = [
    Clock(),
    Clock(("iso",), "Europe/Berlin"),
    Clock(("loose zoned", "iso spaced")),
    Clock(("slashes", "month name"), "America/New_York", day_first=True),
]

YEARS = st.sampled_from(["2026", "1970", "1969", "1677", "1678", "1699", "1700", "2199", "2261"])
FRACTIONS = st.text("0123456789", max_size=11).map(lambda digits: f".{digits}")
TIMES = st.builds(
    "{}-{:02}-{:02}T{:02}:{:02}:{:02}{}{}".format,
    YEARS | st.sampled_from(["2262", "9999", "+202", "२०२६"]),
    st.integers(0, 13),
    st.integers(0, 32),
    st.integers(0, 24),
    st.integers(0, 60),
    st.integers(0, 61),
    FRACTIONS | st.just(""),
    st.sampled_from(["Z", "Z", "Z", "z", "", "+02:00", "-0800", "Z "]),
)
SPOILT = st.sampled_from(["", " ", "5/4/2026 1:02:03 PM", "2026- 5-04T00:00:00.123456Z", "2026-05"])
NUMBERS = st.sampled_from(
    ["443", "443.0", " 443", "0x1", "-1", "+7", "٣", "", " ", "1e3", "9" * 19]
)
ROWS = st.lists(
    st.tuples(*(st.none() | some for some in (TIMES | SPOILT, NUMBERS, TIMES | SPOILT))),
    min_size=1,
    max_size=8,
)


def table(rows: list) -> pl.LazyFrame:
    return pl.LazyFrame(rows, dict.fromkeys(COLUMNS.values(), pl.String), orient="row")


@settings(deadline=None, max_examples=300)
@given(ROWS, st.sampled_from(CLOCKS))
@example([("2026-05-04T23:59:60.1234567Z", "1", "2026-05-04T23:59:60Z")], Clock())
def test_numbers_and_times_are_those_of_their_texts(rows, clock):
    raw = table(rows)
    kept, schema = with_plain(raw, COLUMNS), raw.collect_schema()
    plainly = plain_names(COLUMNS, schema)
    assert plainly == {PORT, BORN}
    long = raw.select(canonical(name, COLUMNS, schema, clock) for name in COLUMNS)
    quick = kept.select(
        canonical(name, COLUMNS, schema, clock, plainly=plainly) for name in COLUMNS
    )
    assert_frame_equal(quick.collect(), long.collect())
    assert_frame_equal(
        kept.select(Timestamp=PARSED).collect(),
        raw.select(canonical("Timestamp", COLUMNS, schema, Clock())).collect(),
    )
    told, slowly = (
        frame.select(value_checks(COLUMNS, COLUMNS, schema, clock, names))
        .collect()
        .row(0, named=True)
        for frame, names in ((kept, plainly), (raw, frozenset()))
    )
    assert lost_notes(told) == lost_notes(slowly)
    assert {k: v for k, v in told.items() if k.startswith("any:")} == {
        k: v for k, v in slowly.items() if k.startswith("any:")
    }
    for name in all_plain(told):
        kind = canonical(name, COLUMNS, schema, clock, plainly=plainly)
        assert_frame_equal(
            kept.select(kind).collect(),
            kept.select(pl.col(f"beacon:plain:{name}").alias(name)).collect(),
        )


@settings(deadline=None, max_examples=300)
@given(st.lists(TIMES | SPOILT, max_size=6))
def test_a_survey_of_times_known_to_be_usual_finds_what_a_look_at_each_finds(texts):
    kept = with_plain(table([(text, None, None) for text in texts]), COLUMNS)
    assert survey(kept, "t", ALIKE) == survey(kept, "t")
    known = kept.filter(ALIKE)
    assert survey(known, "t", ALIKE) == survey(known, "t")
    assert known.filter(~pl.col("t").str.contains(FORMS["iso zoned"].pattern)).collect().is_empty()


def test_a_text_that_two_columns_share_stays():
    shared = {**COLUMNS, "LocalPort": "port"}
    raw = table([("2026-05-04T00:00:00.1Z", "443", None)])
    assert plain_names(shared, raw.collect_schema()) == {BORN}
    assert with_plain(raw, shared).collect()["port"].to_list() == ["443"]
