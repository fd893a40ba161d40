"""One alert in the terminal: complete, in order, true to the row, and safe to print."""

import math
import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rows import FIRST, HOSTILE, PLAIN, hostile

from beacon.inert import visible
from beacon.report import story, words
from beacon.report.explain import explain, strip
from beacon.report.markdown import markdown

SECTIONS = ["Why", "Cadence", "Timeline", "Process", "Around it", "Ask next", "Close it"]


def test_the_answer_comes_first_and_every_section_follows_in_order() -> None:
    text = explain(PLAIN, 100)
    sentence = " ".join(text.split("\n\n")[0].split())
    assert sentence.startswith(
        "ws-014.corp.example: powershell.exe (user jdoe, parent svchost.exe) contacted "
        "raw.githubusercontent.com every 15 min 2 s ±4 % for 9 h 15 min "
        "(37 of 38 expected polls seen). For it: timing +6.9, encoded command +1.0. Against it: "
        "nothing. score 0.87, high, rank 1"
    )
    assert [line for line in text.splitlines() if line in SECTIONS] == SECTIONS


def test_a_process_that_nobody_saw_is_said_to_be_that() -> None:
    row = {**PLAIN, "process": ""}
    assert words.headline(row).startswith(
        "ws-014.corp.example: a process not observable (user jdoe, parent svchost.exe) contacted"
    )
    assert [link.name for link in story.tell(row).chain if link.role == "process"] == [
        "not observable"
    ]
    heading = markdown(pl.DataFrame([row])).splitlines()[0]
    assert heading == "## 1. `ws-014.corp.example` → `raw.githubusercontent.com`"


def test_figures_and_names_of_the_row_all_appear() -> None:
    text = explain(PLAIN, 120)
    for shown in (
        "timing +6.9", "encoded command", "iex $x", "3 of 412 hosts", "down only", "T1102.003",
        "2 hourly aggregate rows", "37 of 38 expected polls", "log10 Bayes factor 6.25",
        "beacon label 7cc034afb0a3", "DeviceProcessEvents", "not observable",
    ):  # fmt: skip
        assert re.sub(r"\s+", " ", shown) in re.sub(r"\s+", " ", text)


@given(row=hostile())
def test_the_ledger_runs_from_base_rate_to_score(row: words.Row) -> None:
    steps = story.ledger(row)
    assert len(steps) == len(row["evidence"]) + 1
    total = math.fsum(step.weight for step in steps)
    assert steps[-1].total == pytest.approx(total, abs=1e-9)
    inside = min(max(row["score"], 1e-15), 1 - 1e-15)
    assert 1 / (1 + math.exp(-total)) == pytest.approx(inside, rel=1e-6)


@given(row=hostile(), width=st.integers(1, 200))
def test_hostile_text_is_shown_and_never_obeyed(row: words.Row, width: int) -> None:
    text = explain(row, width)
    assert visible(text.replace("\n", "")) == text.replace("\n", "")
    assert [line for line in text.splitlines() if line in SECTIONS] == SECTIONS


@pytest.mark.parametrize("width", [48, 80, 132])
def test_only_queries_and_the_label_command_pass_the_width(width: int) -> None:
    text = explain(PLAIN, width).split("Ask next")[0]
    assert max(map(len, text.splitlines())) <= width


def test_a_megabyte_of_command_line_is_named_not_printed() -> None:
    text = explain({**PLAIN, "command_line": "x" * 1_000_000}, 80)
    assert len(text) < 20_000
    assert "998,000 more characters" in re.sub(r"\s+", " ", text)


def test_a_path_is_never_cut_at_its_hyphens() -> None:
    path = "C:\\Data\\agent-of-prices-and-rates.vbs"
    for width in range(72, 120):
        assert path in explain({**PLAIN, "command_line": f"cscript.exe //nologo {path}"}, width)


@given(st.floats(-12, 12))
def test_timing_in_words_says_which_story_fits_and_how_much_better(evidence: float) -> None:
    said = words.fits(evidence)
    assert said.endswith(f"(log10 Bayes factor {evidence:.2f})")
    assert said.startswith("fits a timer") == (evidence > 0 and "times better" in said)
    if "times better" in said:
        factor = float(said.split(" times better")[0].split()[-1].replace(",", ""))
        assert math.log10(factor) == pytest.approx(abs(evidence), abs=0.03)
    else:
        assert abs(evidence) < 0.05


@given(st.lists(st.integers(0, 1000), min_size=1))
def test_a_strip_has_a_block_a_slice_and_hides_no_poll(counts: list[int]) -> None:
    drawn = strip(counts)
    assert len(drawn) == len(counts)
    assert all((block == " ") == (count == 0) for block, count in zip(drawn, counts, strict=True))


def test_what_was_not_seen_is_not_observable() -> None:
    blind = {
        **PLAIN, "parents": [], "accounts": [], "command_line": None, "instances": 0,
        "direction": "unknown", "period_seconds": None, "jitter_fraction": None, "coverage": None,
        "activity": None, "first_seen": FIRST, "last_seen": FIRST,
    }  # fmt: skip
    text = re.sub(r"\s+", " ", explain(blind))
    assert (
        "parent not observable) contacted raw.githubusercontent.com 40 times (37 polls seen)"
        in text
    )
    assert "command line not observable" in text
    assert "runs of the program not observable" in text
    assert "too few connections" in text


def test_a_period_is_not_told_where_timing_speaks_against_a_timer() -> None:
    assert words.period({**PLAIN, "timing_evidence": 0.0}) == PLAIN["period_seconds"]
    row = {**PLAIN, "timing_evidence": -0.5}
    assert "40 times" in words.headline(row)
    assert "(37 polls seen)" in words.headline(row)
    assert words.cadence(row) == "37 polls, no period"


def test_hostile_examples_cover_every_kind_of_reader() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE)
