"""Packed and shared work gives what row-by-row work gives, on any rows and in any mode."""

from collections.abc import Mapping

import naive_channels
import polars as pl
import pytest
from events import START, event, frame
from grouping import group
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from beacon import channels, pipeline, rules, spill
from beacon.schema import REQUIRED
from beacon.settings import Settings

VALUES: Mapping[str, list[object]] = {
    "DeviceName": ["ws-1", "WS-1", "ws-2", None],
    "RemoteUrl": ["github.com", "https://GitHub.com/a", "github.com.evil.org", "t.me", "", None,
                  "example.org", "api.github.com"],
    "RemoteIP": ["1.2.3.4", "1.2.3.5", None],
    "ReportId": [1, 2, None],
    "ActionType": ["ConnectionSuccess", "ConnectionSuccessAggregatedReport", None,
                   "InboundConnectionAccepted"],
    "InitiatingProcessFileName": ["python.exe", "PYTHON.EXE", r"c:\a\curl.exe", "my-node.exe",
                                  "chrome.exe", "", None],
    "InitiatingProcessCommandLine": ["python a.py", "python b.py", "powershell -enc AA", "", None],
    "InitiatingProcessParentFileName": ["cmd.exe", "WINWORD.EXE", "svchost.exe", "", None],
    "InitiatingProcessAccountName": ["jdoe", "asmith", "", None],
    "InitiatingProcessId": [1, 2, None],
    "InitiatingProcessCreationTime": [START, None],
    "InitiatingProcessUniqueId": ["{a}", "{b}", "", None],
}  # fmt: skip

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking runs the pipeline for minutes
ROWS = st.lists(
    st.builds(
        lambda seconds, fields: event(seconds, **fields),
        st.sampled_from([0.0, 1.0, 1.0000001, 1.5, 3600.0, 90_000.0, 2e6]),
        st.fixed_dictionaries({name: st.sampled_from(some) for name, some in VALUES.items()}),
    ),
    max_size=12,
)
RULES = st.fixed_dictionaries(
    {
        "match": st.sampled_from(["faithful", "strict", "any"]),
        "window_hours": st.sampled_from([None, 24.0]),
        "as_of": st.sampled_from([None, START]),
    }
)


@settings(max_examples=150, phases=PHASES)
@given(ROWS, RULES)
def test_channels_are_those_of_the_obvious_formulation(
    rows: list[dict[str, object]], rule: dict[str, object]
) -> None:
    chosen = Settings.model_validate({"rule": rule})
    events = frame(rows)
    made = group(events, chosen)
    kept = naive_channels.select(events, rules.load(chosen.rule), chosen.rule)
    frame_, timeline = naive_channels.group(kept)
    assert_frame_equal(made.frame.select(frame_.columns), frame_)
    assert made.times.tolist() == (timeline["Timestamp"].to_physical() / 1e9).to_list()
    assert made.offsets.tolist() == [0, *made.frame["events"].cum_sum()]
    known = timeline.with_columns(code=pl.Series(made.instances, dtype=pl.Int64))
    unknown = known.group_by(*channels.KEY, "Timestamp").agg(
        pl.col("run").is_null().sum(), (pl.col("code") == -1).sum()
    )
    assert (unknown["run"] == unknown["code"]).all()
    # Where moments of a channel tie, the order of their runs is open.
    alone = known.filter(pl.len().over(*channels.KEY, "Timestamp") == 1).drop_nulls("run")
    pairs = alone.select("host", "run", "code").unique()
    assert pairs.select("host", "run").is_unique().all()
    assert pairs["code"].is_unique().all()


@settings(max_examples=60, phases=PHASES)
@given(ROWS, RULES, st.sets(st.sampled_from(sorted(VALUES.keys() - set(REQUIRED)))))
def test_on_disk_or_in_memory_the_result_is_the_same(
    rows: list[dict[str, object]], rule: dict[str, object], absent: set[str]
) -> None:
    chosen = Settings.model_validate({"rule": rule})
    events = frame(rows)
    if {"RemoteUrl", "RemoteIP"} <= absent:
        absent -= {"RemoteIP"}
    events = events.drop(absent)
    whole = pipeline.score(events, chosen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spill, "SHARD_ROWS", 4)
        patch.setattr(spill, "TOGETHER_ROWS", 3)
        split = pipeline.score(events, chosen)
    assert_frame_equal(split.channels, whole.channels)
    assert_frame_equal(split.dropped, whole.dropped)
    key = whole.timeline.columns
    assert_frame_equal(split.timeline.sort(key), whole.timeline.sort(key))
    for count in ("rows", "kept", "faithful", "strict", "hosts", "first", "last", "capped"):
        assert getattr(split.summary, count) == getattr(whole.summary, count)
