"""Hostile text through every output: nothing is obeyed, nothing is lost where nothing may be."""

import csv
import io
import json
import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from polars.testing import assert_frame_equal
from py_ocsf_models.events.findings.detection_finding import DetectionFinding
from results import result
from rich.cells import cell_len
from rows import HOSTILE, PLAIN, frame, hostile

from beacon.cli.score import Format
from beacon.inert import cells, visible
from beacon.report import OUTPUTS, render, table, words
from beacon.report.markdown import code, plain
from beacon.report.sentinel import MOST_BYTES

rows = st.lists(hostile(), min_size=1, max_size=3)
OBEYED = re.compile(r"^\s*[=+\-@|%\t\r\n\uff1d\uff0b\uff0d\uff20]")


def written(form: str, some: list[dict]) -> bytes:
    found = result(*some)
    return render(form, found, found.channels)


def test_every_format_of_the_command_is_written_here() -> None:
    assert {form.value for form in Format} == set(OUTPUTS)


@given(some=rows)
def test_json_lines_and_parquet_lose_nothing(some: list[dict]) -> None:
    expected = frame(*some)
    assert_frame_equal(pl.read_parquet(io.BytesIO(written("parquet", some))), expected)
    lines = written("jsonl", some).splitlines()
    texts = [name for name, kind in expected.schema.items() if kind == pl.String]
    lists = ["accounts", "parents", "quality", "matched_domains"]
    for line, row in zip(lines, some, strict=True):
        assert {name: json.loads(line)[name] for name in (*texts, *lists)} == {
            name: row[name] for name in (*texts, *lists)
        }
        assert [e["value"] for e in json.loads(line)["evidence"]] == [
            e["value"] for e in row["evidence"]
        ]


@pytest.mark.parametrize("form", ["csv", "watchlist"])
@given(some=rows)
def test_no_cell_is_a_formula(form: str, some: list[dict]) -> None:
    head, *lines = csv.reader(io.StringIO(written(form, some).decode("utf-8"), newline=""))
    assert len(lines) == len(some)
    for line in lines:
        assert len(line) == len(head)
        for name, cell in zip(head, line, strict=True):
            if not re.fullmatch(r"-?[\d.]+(e-?\d+)?", cell):
                assert not OBEYED.match(cell), (name, cell)


@given(before=st.text("\0\t\x1c\x1f\x85\u00a0\u2003\u200b\ufeff"), sign=st.sampled_from("=+-@|%"))
def test_no_formula_hides_behind_what_has_no_width(before: str, sign: str) -> None:
    hidden = before + sign + "1+1"
    assert cells(pl.DataFrame({"cell": [hidden, "1+1"]}))["cell"].to_list() == ["'" + hidden, "1+1"]


@pytest.mark.parametrize("width", [None, 40, 80, 200])
@given(some=rows)
@settings(max_examples=40)
def test_the_table_is_safe_to_print_and_a_line_an_alert(
    width: int | None, some: list[dict]
) -> None:
    text = table(frame(*some), width)
    assert visible(text.replace("\n", "")) == text.replace("\n", "")
    if width is None:
        assert text.count("\n") == len(some) + 1
    else:
        assert max(map(cell_len, text.splitlines())) <= width
    coloured = table(frame(*some), width, colour=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text
    assert coloured.count("\x1b") <= 2 * len(some)


@pytest.mark.parametrize("width", [24, 32, 48])
def test_a_narrow_table_loses_no_word_of_the_reasons(width: int) -> None:
    text = " ".join(table(frame(PLAIN), width).split())
    for said in (words.cadence(PLAIN), words.since(PLAIN), words.reasons(PLAIN, most=3)):
        assert said in text


@given(some=rows)
def test_markdown_has_our_headings_and_nothing_of_theirs(some: list[dict]) -> None:
    tokens = MarkdownIt("commonmark").parse(written("markdown", some).decode("utf-8"))
    headings = [t.tag for t in tokens if t.type == "heading_open"]
    assert headings == ["h2", "h3", "h3", "h3", "h3", "h3", "h3"] * len(some)
    kinds = {t.type for t in tokens} | {c.type for t in tokens for c in t.children or ()}
    assert kinds.isdisjoint({"link_open", "image", "html_block", "em_open", "hr", "table_open"})
    inner = [c.content for t in tokens for c in t.children or () if c.type == "html_inline"]
    assert set(inner) <= {"<!-- -->"}
    assert sum(t.type == "fence" for t in tokens) == 5 * len(some)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_code_span_gives_its_text_back(text: str) -> None:
    (inline,) = [t for t in MarkdownIt("commonmark").parse(f"x {code(text)} y") if t.children]
    (span,) = [c for c in inline.children or () if c.type == "code_inline"]
    shown = visible(text)[:4000]
    assert span.content.startswith(shown) or span.content.strip() == shown.strip()
    assert not [c for c in inline.children or () if c.type not in ("text", "code_inline")]


def test_mentions_and_addresses_are_broken() -> None:
    assert "@org" not in plain("ping @org/team")
    assert "://" not in plain("https://evil.example")
    assert "www.evil" not in plain("WWW.evil.example www.evil.example")


@given(some=rows)
@settings(max_examples=40)
def test_timesketch_lines_have_what_its_importer_demands(some: list[dict]) -> None:
    events = [json.loads(line) for line in written("timesketch", some).splitlines()]
    assert len(events) >= 2 * len(some)
    for event in events:
        assert {"message", "datetime", "timestamp_desc"} <= event.keys()
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", event["datetime"])
    assert [e["datetime"] for e in events] == sorted(e["datetime"] for e in events)


@given(some=rows)
@settings(max_examples=40)
def test_ocsf_findings_validate_and_keep_the_text(some: list[dict]) -> None:
    for line, row in zip(written("ocsf", some).splitlines(), some, strict=True):
        finding = DetectionFinding.model_validate_json(line)
        assert finding.type_uid == finding.class_uid * 100 + finding.activity_id
        assert finding.finding_info.uid == row["alert_id"]
        assert finding.observables is not None
        assert [o.value for o in finding.observables] == [
            row["host"], row["domain"], row["process"],
        ]  # fmt: skip
        assert finding.start_time is not None
        assert finding.end_time is not None
        assert finding.start_time <= finding.end_time


def test_ocsf_names_a_sub_technique_only_where_there_is_one() -> None:
    known, unknown = (
        json.loads(line)["finding_info"]["attacks"][0]
        for line in written("ocsf", [PLAIN, {**PLAIN, "technique": "T1102"}]).splitlines()
    )
    assert known["sub_technique"] == {"uid": "T1102.003", "name": "One-Way Communication"}
    assert "sub_technique" not in unknown
    assert known["technique"] == unknown["technique"]


@given(some=rows)
@settings(max_examples=40)
def test_sentinel_bodies_are_small_arrays_of_the_rows(some: list[dict]) -> None:
    records = [r for line in written("sentinel", some).splitlines() for r in json.loads(line)]
    assert [r["DeviceName"] for r in records] == [row["host"] for row in some]
    for record in records:
        assert all(len(name) <= 45 for name in record)
        assert {"TenantId", "Type", "id", "Title", "UniqueId"}.isdisjoint(record)


@pytest.mark.parametrize("filler", ["x", "\x00", "\U0001f480", '"'])
def test_sentinel_cuts_long_fields_and_splits_long_lists(filler: str) -> None:
    long = {**PLAIN, "command_line": filler * 1_000_000}
    lines = written("sentinel", [long] * 40).splitlines()
    assert len(lines) > 1
    assert all(len(line) <= MOST_BYTES for line in lines)
    records = [record for line in lines for record in json.loads(line)]
    assert len(records) == 40
    for record in records:
        assert all(len(json.dumps(value)) <= 65_536 for value in record.values())
        assert record["CommandLine"].endswith("(cut from 1,000,000 characters)")


def test_the_navigator_layer_scores_each_technique_by_its_best_alert() -> None:
    others = [{**PLAIN, "score": 0.5, "host": "b"}, {**PLAIN, "technique": "T1102.002"}]
    layer = json.loads(written("navigator", [PLAIN, *others]))
    assert layer["versions"]["layer"] == "4.5"
    assert [(t["techniqueID"], t["score"], t["comment"]) for t in layer["techniques"]] == [
        ("T1102.003", 88, "2 alerts on 2 hosts"),
        ("T1102.002", 88, "1 alert on 1 host"),
    ]


@pytest.mark.parametrize("form", sorted(OUTPUTS))
def test_an_empty_list_is_written_too(form: str) -> None:
    found = result(PLAIN)
    assert isinstance(render(form, found, found.channels.clear()), bytes)
