"""The page without a browser: what is in it, what may run, and that hostile text is only text."""

import base64
import hashlib
import json
import re
from collections import Counter
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from events import START, event, frame
from hypothesis import given, settings
from hypothesis import strategies as st
from results import result
from rows import PLAIN, hostile

import beacon
from beacon import pipeline
from beacon.cli.provenance import describe
from beacon.inert import visible
from beacon.report import Run, render, words
from beacon.report.page import charts, clock, heard
from beacon.report.story import Step, tell
from beacon.settings import Settings

VOID = {"meta", "rect", "path", "br"}


class Outline(HTMLParser):
    """Tags with the names of their attributes, links, and the text a reader sees."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self.links: list[str] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.raw: dict[str, str] = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags[tag, tuple(sorted(name for name, _ in attributes))] += 1
        self.links += [value or "" for name, value in attributes if name in ("href", "src")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.raw[self.open[-1]] = self.raw.get(self.open[-1], "") + data
        else:
            self.text.append(data)


def page(*rows: words.Row, command: str = "beacon score day.csv") -> str:
    found = result(*rows)
    return render("html", found, found.channels, Run(command, {})).decode("utf-8")


@given(some=st.lists(hostile(), min_size=1, max_size=2))
@settings(max_examples=25)
def test_hostile_text_adds_no_tag_no_attribute_and_no_link(some: list[words.Row]) -> None:
    outline = Outline(page(*some, command=some[0]["host"]))
    known = {tag for tag, _ in Outline(page(PLAIN)).tags}
    for tag, names in outline.tags:
        assert tag in known, tag
        assert not [name for name in names if name.startswith("on") or name == "style"]
    assert outline.open == []
    assert all(link.startswith("#") for link in outline.links)
    assert (outline.tags["script", ()], outline.tags["style", ()]) == (1, 1)
    text = "".join(outline.text)
    assert visible(text.replace("\n", "")) == text.replace("\n", "")
    for row in some:
        for line in row["domain"].split("\n"):
            assert visible(line) in text


def test_only_the_two_assets_may_run_and_nothing_may_load() -> None:
    text = page(PLAIN)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    policy = policy.replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; ")
    for name, raw in Outline(text).raw.items():
        digest = base64.b64encode(hashlib.sha256(raw.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert not re.search(r"url\(|@import|<link|<img|<iframe|https?:", Outline(text).raw["style"])


def test_every_figure_of_terminal_and_table_is_on_the_page() -> None:
    text = " ".join("".join(Outline(page(PLAIN)).text).split())
    told = tell(PLAIN)
    for said in (
        told.headline, told.case, told.standing, told.direction, told.prevalence, told.technique,
        words.cadence(PLAIN), words.since(PLAIN), words.score(PLAIN), words.reasons(PLAIN, most=3),
        *told.quality, *(text for _, text in told.cadence), *(link.name for link in told.chain),
        *(text for link in told.chain for _, text in link.facts),
        *(query.question for query in told.queries), *(step.name for step in told.ledger),
    ):  # fmt: skip
        assert " ".join(said.split()) in text, said


def test_the_page_says_how_it_was_made_and_is_the_same_each_time() -> None:
    text = page(PLAIN, command="beacon score 'my day.csv'")
    assert text == page(PLAIN, command="beacon score 'my day.csv'")
    for said in ("beacon score", "my day.csv", "rank.budget", "20 (default)", "Checks", "Settings"):
        assert said in text


def test_what_was_not_read_is_on_the_page(tmp_path: Path) -> None:
    day, bad = tmp_path / "day.csv", tmp_path / "bad.parquet"
    frame([event(30 * i) for i in range(12)]).write_csv(day)
    whole = beacon.score(day)
    assert "Nothing is known to be missing" in render("html", whole, whole.channels).decode()
    bad.write_bytes(b"PAR1 cut")
    partly = beacon.score([day, bad])
    text = render("html", partly, partly.channels).decode()
    assert "Nothing is known to be missing" not in text
    assert f"Not read: {bad}: " in text
    day.write_text(day.read_text() + "one,field\n")
    torn = beacon.score(day)
    text = render("html", torn, torn.channels).decode()
    assert "Nothing is known to be missing" not in text
    assert "1 row could not be read" in text


def test_a_page_of_nothing_names_no_span() -> None:
    none = beacon.score(frame([event(0)]).clear())
    text = render("html", none, none.channels).decode()
    assert "0 alerts from 0 channels on 0 hosts.<" in text


def test_settings_are_words_and_not_python() -> None:
    keys = {"process": "a.exe", "parent": "b.exe", "reason": "r", "owner": "o"}
    allow = {"entry": [keys | {"expires": "2026-12-31"}] * 2}
    rule = {"extra_services": ["x.example", "y.example"]}
    found = beacon.score(frame([event(0)]), Settings.model_validate({"rule": rule, "allow": allow}))
    text = "".join(Outline(render("html", found, found.channels).decode()).text)
    entry = "process = a.exe, parent = b.exe, reason = r, owner = o, expires = 2026-12-31"
    assert f"{entry}; {entry} (default)" in text
    assert "x.example; y.example (default)" in text


def test_a_file_is_hashed_whatever_it_is_called(tmp_path: Path) -> None:
    plain, archive = tmp_path / "odd! day!.csv", tmp_path / "a!.zip"
    plain.write_text("x")
    archive.write_bytes(b"y")
    inside = f"{archive}!folder/day!.csv"
    hashes = describe([str(plain), inside, "gone.csv"]).hashes
    assert hashes == {
        str(plain): hashlib.sha256(b"x").hexdigest(),
        inside: hashlib.sha256(b"y").hexdigest(),
    }


def test_a_megabyte_of_command_line_makes_no_megabyte_of_page() -> None:
    assert len(page({**PLAIN, "command_line": "x" * 1_000_000})) < 200_000


@given(weights=st.lists(st.floats(-9, 9), min_size=1, max_size=9), base=st.floats(-12, -0.1))
def test_the_waterfall_hangs_together(weights: list[float], base: float) -> None:
    totals = [base]
    for weight in weights:
        totals.append(totals[-1] + weight)
    steps = [
        Step("t", "", "fired", weight, total)
        for weight, total in zip([base, *weights], totals, strict=True)
    ]
    falls, even = charts.waterfall(steps)
    ends = [even]
    for fall in falls:
        left, right = fall.left, fall.left + fall.width
        start, end = (left, right) if fall.rises else (right, left)
        assert start == pytest.approx(ends[-1], abs=1e-6)
        ends.append(end)
        assert -1e-6 <= left <= right <= clock.WIDE + 1e-6


def test_the_strip_marks_missed_slots_and_silent_hours() -> None:
    found = result(PLAIN)
    events = found.timeline.filter(found.timeline["Timestamp"] != found.timeline["Timestamp"][4])
    first, last = found.timeline["Timestamp"].min(), found.timeline["Timestamp"].max()
    axis = clock.Axis.between(first, last)
    heard = found.timeline["Timestamp"].dt.truncate("1h").head(1)
    drawn = charts.strip(events, heard, axis, 60.0)
    assert drawn.missed == [500.0]
    assert drawn.polls == [0.0, 125.0, 250.0, 375.0, 625.0, 750.0, 875.0, 1000.0]
    assert drawn.silent == []
    elsewhere = charts.strip(events, heard.clear(), axis, None)
    assert elsewhere.missed == []
    assert sum(bar.width for bar in elsewhere.silent) == pytest.approx(clock.WIDE)


def test_an_hour_is_a_bar_of_exact_and_of_reported_connections() -> None:
    rows = [event(600 * i) for i in range(13)]  # from 18:40 until 20:40
    report = {"ActionType": "ConnectionSuccessAggregatedReport"}
    stated = [
        event(7200, AdditionalFields=json.dumps({"uniqueEventsAggregated": 6}), **report),
        event(7300, **report),
    ]
    events = frame([*rows, *stated]).sort("Timestamp")
    axis = clock.Axis.between(START, START + timedelta(hours=4))
    drawn = charts.strip(events, events["Timestamp"].dt.truncate("1h"), axis, 600.0)
    assert drawn.highest == 12
    assert [(round(12 * h.exact), round(12 * h.reported)) for h in drawn.hours] == [
        (2, 0), (6, 0), (5, 7),
    ]  # fmt: skip
    assert drawn.reported
    assert [tick.label for tick in drawn.ticks] == [
        "19:00", "19:30", "20:00", "20:30", "21:00", "21:30", "22:00", "22:30",
    ]  # fmt: skip
    short = clock.Axis.between(START, START + timedelta(hours=2))
    assert charts.strip(frame(rows), events["Timestamp"], short, None).hours == []


def test_the_times_below_a_drawing_are_where_it_ends() -> None:
    found = beacon.score(frame([event(i / 2) for i in range(5)]))
    text = " ".join(Outline(render("html", found, found.channels).decode()).text)
    assert "2026-05-04 18:40:00 the whole export 2026-05-04 18:41:00" in " ".join(text.split())
    long = clock.Axis.between(START, START + timedelta(days=400, microseconds=1))
    assert long.ends == (START, START + timedelta(days=400, microseconds=1))


@given(start=st.floats(0, 4e9), span=st.floats(60, 1e9))
def test_ticks_are_few_even_round_and_inside(start: float, span: float) -> None:
    ticks = clock.Axis(start, span).ticks()
    assert 2 <= len(ticks) <= 9
    places = [tick.place for tick in ticks]
    assert all(0 <= place <= clock.WIDE for place in places)
    assert np.diff(places).min() > 0
    assert np.ptp(np.diff(places)) <= 0.21


def test_devices_are_drawn_hour_by_hour_and_gaps_are_told() -> None:
    rows = [event(3600 * i, DeviceName="steady") for i in range(6)]
    rows += [event(3600 * i, DeviceName="broken") for i in (0, 4, 5)]
    coverage = pipeline.inspect(frame(rows), Settings()).coverage
    drawn = heard.picture(coverage, {"steady": "7cc034afb0a3"})
    assert drawn is not None
    assert [(lane.host, lane.alert, lane.told) for lane in drawn.lanes] == [
        ("steady", "7cc034afb0a3", "6 of 6 hours, 6 rows"),
        ("broken", "", "3 of 6 hours, 3 rows"),
    ]
    for lane in drawn.lanes:
        widths = [mark.width for mark in (*lane.cells, *lane.silent)]
        assert sum(widths) == pytest.approx(clock.WIDE, abs=1)
    (gap,) = drawn.lanes[1].silent
    assert (gap.left, gap.left + gap.width) == pytest.approx((66.7, 666.7), abs=0.2)


def test_many_devices_are_counted_and_a_week_has_wide_cells() -> None:
    rows = [event(3600 * i, DeviceName=f"d{i % 40}") for i in range(240)]
    drawn = heard.picture(pipeline.inspect(frame(rows), Settings()).coverage, {})
    assert drawn is not None
    assert (len(drawn.lanes), drawn.more, drawn.unit) == (24, 16, "3 hours")


def test_the_header_counts_every_row_of_the_list_by_severity() -> None:
    names = ["none", "unknown", "critical", "unknown", "low"]
    rows = [PLAIN | {"severity": name, "alert_id": f"{n:012x}"} for n, name in enumerate(names)]
    found = result(*rows)
    text = render("html", found, found.channels).decode()
    (tally,) = re.findall(r'<p class="tally">(.*?)</p>', text)
    counted = re.findall(r">(\d+) (\w+)<", tally)
    assert counted == [("1", "critical"), ("1", "low"), ("1", "none"), ("2", "unknown")]


@given(period=st.none() | st.floats(1, 1e5))
def test_the_histogram_counts_every_gap_once(period: float | None) -> None:
    events = result(PLAIN).timeline
    drawn = charts.histogram(events, period)
    assert drawn is not None
    inside = round(sum(bar.height for bar in drawn.bars) * drawn.highest)
    assert inside + drawn.beyond == events.height - 1
