"""The parts sum to the whole: base rate and weights make the log-odds of the score."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beacon import evidence, rank
from beacon.settings import RankSettings

channel = st.fixed_dictionaries(
    {
        "host": st.sampled_from(["a", "b", "c"]),
        "process": st.sampled_from(["python.exe", "cmd.exe"]),
        "domain": st.sampled_from(["raw.githubusercontent.com", "t.me", "10.0.0.1"]),
        "service": st.sampled_from(["", "t.me"]),
        "service_kind": st.sampled_from(["", "chat", "office documents"]),
        "parents": st.lists(st.sampled_from(["cmd.exe", "winword.exe"]), max_size=2),
        "command_line": st.none() | st.just("x -enc JAB"),
        "polls": st.integers(0, 50),
        "timing_evidence": st.floats(-9, 9),
        "is_encoded_cmd": st.booleans(),
        "is_scheduled_or_service": st.booleans(),
        "is_scripting_host": st.booleans(),
        "suspicious_parent": st.booleans(),
        "prevalence_hosts": st.integers(1, 40),
        "fleet_hosts": st.integers(1, 40),
    }
)
SCHEMA = {"parents": pl.List(pl.String), "command_line": pl.String, "fleet_hosts": pl.Int64}


def weigh(rows: list[dict[str, object]], base_rate: float = 1e-3) -> pl.DataFrame:
    return evidence.weigh(pl.DataFrame(rows, schema_overrides=SCHEMA), base_rate)


@given(rows=st.lists(channel, min_size=1, max_size=5), base_rate=st.floats(1e-6, 0.5))
def test_weights_and_base_rate_sum_to_the_log_odds(
    rows: list[dict[str, object]], base_rate: float
) -> None:
    for row in weigh(rows, base_rate).iter_rows(named=True):
        total = math.log(base_rate / (1 - base_rate)) + sum(e["weight"] for e in row["evidence"])
        assert row["log_odds"] == pytest.approx(total, abs=1e-9)


@given(rows=st.lists(channel, min_size=1, max_size=5))
def test_every_term_is_listed_and_only_what_fired_has_weight(
    rows: list[dict[str, object]],
) -> None:
    for row in weigh(rows).iter_rows(named=True):
        assert [e["name"] for e in row["evidence"]] == [term.name for term in evidence.TERMS]
        for entry in row["evidence"]:
            assert entry["state"] in {"fired", "not fired", "not observable"}
            if entry["state"] != "fired":
                assert entry["weight"] == 0
            if entry["state"] == "not observable":
                assert entry["value"] == ""


def test_what_cannot_be_seen_is_not_observable() -> None:
    row = dict.fromkeys(("host", "process", "domain", "service", "service_kind"), "")
    blind = {
        **row, "parents": [], "command_line": None, "polls": 2, "timing_evidence": 0.0,
        "is_encoded_cmd": False, "is_scheduled_or_service": False, "is_scripting_host": False,
        "suspicious_parent": False, "prevalence_hosts": 1, "fleet_hosts": 1,
    }  # fmt: skip
    states = {e["name"]: e["state"] for e in weigh([blind])["evidence"][0]}
    assert set(states.values()) == {"not observable"}


def test_prevalence_of_a_channel_is_that_of_its_rarest_parent() -> None:
    frame = pl.DataFrame(
        {
            "host": ["a", "b", "c", "d"],
            "process": ["curl.exe"] * 4,
            "domain": ["github.com"] * 4,
            "service": ["github.com"] * 4,
            "parents": [["x"], ["x"], ["x", "rare"], []],
        }
    )
    counted = evidence.count_prevalence(frame, fleet_hosts=9)
    assert counted["prevalence_hosts"].to_list() == [3, 3, 1, 1]
    assert counted["fleet_hosts"].to_list() == [9] * 4


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
