"""Hourly aggregates: a statistic that is valid under its null, and counts that are never events."""

import numpy as np
import polars as pl
import pytest
from events import event, frame
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import chi2

from beacon import hourly, pipeline
from beacon.settings import Settings

SERIES = st.lists(st.lists(st.integers(0, 200), max_size=40), min_size=1, max_size=5)


def judge(series: list[list[int]]) -> hourly.Constancy:
    sizes = [len(s) for s in series]
    return hourly.constancy(
        np.array([c for s in series for c in s]), np.concatenate([[0], np.cumsum(sizes)])
    )


def equal(counts: NDArray[np.int64]) -> hourly.Constancy:
    rows, hours = counts.shape
    return hourly.constancy(counts.ravel(), np.arange(rows + 1) * hours)


def polls(period: float, jitter: float, hours: int, rows: int) -> NDArray[np.int64]:
    """Counts of a sleep loop, in whole hours."""
    chance = np.random.default_rng(11)
    gaps = period * (1 + jitter * chance.uniform(-1, 1, (rows, int(2 * hours * 3600 / period))))
    times = np.cumsum(gaps, axis=1) + chance.uniform(-period, 0, (rows, 1))
    places = np.where(times < hours * 3600, times // 3600, hours).clip(0).astype(int)
    return np.array([np.bincount(p, minlength=hours + 1)[:hours] for p in places])


@pytest.mark.parametrize("hours", [4, 9, 22, 50])
@pytest.mark.parametrize("mean", [0.5, 3, 40])
def test_p_is_valid_for_random_connections_and_for_bursty_ones(hours: int, mean: float) -> None:
    chance, rows = np.random.default_rng(3), 4_000
    for counts in (
        chance.poisson(mean, (rows, hours)),
        chance.negative_binomial(2, 2 / (2 + mean), (rows, hours)),
        chance.poisson(mean * chance.gamma(2, 0.5, (rows, 1)), (rows, hours)),
    ):
        p = equal(counts).p_value
        for level in (0.1, 0.01, 0.001):
            expected = level * rows
            assert (p <= level).sum() <= expected + 4 * expected**0.5 + 1


@pytest.mark.parametrize("period", [60, 300, 900])
@pytest.mark.parametrize("jitter", [0.0, 0.2])
def test_a_timer_of_a_day_is_found_with_its_period_and_jitter(period: int, jitter: float) -> None:
    found = equal(polls(period, jitter, 22, 200))
    assert (found.p_value < 1e-3).mean() > 0.99
    assert np.median(found.evidence) > 3
    assert abs(np.median(found.period_seconds) / period - 1) < 0.03
    assert abs(np.median(found.jitter_fraction) - jitter / 3**0.5) < 0.04


def test_a_timer_of_some_hours_among_other_traffic_is_found() -> None:
    chance = np.random.default_rng(4)
    counts = polls(60, 0.1, 22, 200)
    counts[:, :10] += chance.negative_binomial(1, 0.01, (200, 10))
    assert (equal(counts).p_value < 1e-3).mean() > 0.95


def test_too_few_hours_say_nothing() -> None:
    found = judge([[], [7], [5, 5, 5], [0, 0, 0, 0, 0]])
    assert found.evidence.tolist() == [0, 0, 0, 0]
    assert found.p_value.tolist() == [1, 1, 1, 1]
    assert np.isnan(found.period_seconds).all()


@given(SERIES)
def test_a_series_does_not_depend_on_its_company_or_direction(series: list[list[int]]) -> None:
    together = judge(series)
    for i, one in enumerate(series):
        alone, back = judge([one]), judge([one[::-1]])
        assert np.allclose(together.evidence[i], alone.evidence[0])
        assert np.allclose(together.p_value[i], alone.p_value[0])
        assert np.allclose(alone.evidence, back.evidence)


@given(st.lists(st.integers(0, 200), min_size=4, max_size=6))
def test_short_series_equal_the_slow_formula(counts: list[int]) -> None:
    mean = sum(counts) / len(counts)
    if mean:
        spread = sum((c - mean) ** 2 for c in counts)
        expected = chi2.cdf((spread + 1) / mean, len(counts) - 1)
        assert judge([counts]).p_value[0] == pytest.approx(max(expected, 1e-300), rel=1e-6)


def report(hour: int, count: object, **fields: object) -> dict[str, object]:
    return event(
        3600 * hour + 5,
        ActionType="ConnectionSuccessAggregatedReport",
        AdditionalFields=f'{{"uniqueEventsAggregated":{count}}}',
        **{"RemoteUrl": None, "InitiatingProcessId": None, **fields},
    )


HEARD = [report(h, 3, InitiatingProcessFileName="MsSense.exe") for h in range(24)]


def channel(rows: list[dict[str, object]], **where: str) -> dict[str, object]:
    scored = pipeline.score(frame(rows), Settings()).channels
    return scored.filter(**where).row(0, named=True) if where else scored.row(0, named=True)


@pytest.mark.parametrize("reported", ["2001:db8::1", "2001:DB8::1"])
def test_a_nameless_aggregate_is_joined_by_address_and_never_an_event(reported: str) -> None:
    reports = [report(h, 60, RemoteIP=reported) for h in range(24)]
    rows = [event(0, RemoteIP="2001:db8::1"), *HEARD, *reports]
    found = channel(rows)
    assert found["domain"] == "raw.githubusercontent.com"
    assert found["track"] == "mixed"
    assert found["events"] == 1
    assert found["polls"] == 24 * 60
    assert found["period_seconds"] == 60
    assert found["timing_evidence"] > 3
    assert found["status"] == "scored"


def test_an_aggregate_of_another_process_or_address_is_not_joined() -> None:
    for other in ({"RemoteIP": "9.9.9.9"}, {"InitiatingProcessFileName": "chrome.exe"}):
        rows = [event(0), *HEARD, *(report(h, 60, **other) for h in range(24))]
        found = channel(rows)
        assert found["track"] == "event"
        assert found["status"] == "insufficient"


def test_a_name_used_elsewhere_in_the_fleet_serves_only_if_it_is_the_only_one() -> None:
    there = event(0, DeviceName="other")
    rows = [there, event(9, RemoteIP="5.5.5.5"), *HEARD, *(report(h, 60) for h in range(24))]
    assert channel(rows, host="ws-014.corp.example")["track"] == "mixed"
    second = event(1, DeviceName="other", RemoteUrl="gist.github.com")
    assert channel([*rows, second], host="ws-014.corp.example")["track"] == "event"


def test_what_hourly_counts_cannot_show_is_unknown_and_never_none() -> None:
    few = [report(h, 2, RemoteUrl="pastebin.com") for h in (3, 4)]
    found = channel([*HEARD, *few], domain="pastebin.com")
    assert (found["status"], found["severity"]) == ("insufficient", "unknown")


def test_a_silent_hour_counts_as_zero_only_if_the_device_was_heard() -> None:
    active = [h for h in range(24) if h not in (8, 15, 16)]
    rows = [event(0), *(report(h, 60) for h in active)]
    unheard = channel(rows)
    heard = channel([*rows, *HEARD])
    assert unheard["timing_evidence"] > heard["timing_evidence"]


def test_a_named_aggregate_alone_makes_an_hourly_channel() -> None:
    named = {"RemoteUrl": "pastebin.com", "RemoteIP": "7.7.7.7"}
    found = channel([*HEARD, *(report(h, 12, **named) for h in range(24))])
    assert (found["track"], found["events"], found["period_seconds"]) == ("hourly", 0, 300)


def test_a_count_may_be_text_or_missing() -> None:
    named = {"RemoteUrl": "pastebin.com"}
    rows = [report(h, '"12"', **named) for h in range(23)]
    rows.append(report(23, 12, **named) | {"AdditionalFields": None})
    assert channel(rows)["polls"] == 23 * 12 + 1


@pytest.mark.parametrize("count", ["9" * 30, "\u0663"], ids=["too many digits", "another script"])
def test_a_count_that_is_no_number_counts_as_one(count: str) -> None:
    named = {"RemoteUrl": "pastebin.com", "RemoteIP": "7.7.7.7"}
    told = f'{{"uniqueEventsAggregated":{count},"orig_bytes":{count}}}'
    events = [event(60 * i, AdditionalFields=told, **named) for i in range(9)]
    rows = [report(h, count, **named) for h in range(24)]
    assert channel(rows)["polls"] == 24
    assert channel(events)["polls"] == 9


def test_both_witnesses_make_a_mixture_within_their_bounds() -> None:
    keys = pl.DataFrame({"host": [f"h{i}" for i in range(50)], "process": "p", "domain": "d"})
    chance = np.random.default_rng(1)
    counted = keys.with_columns(
        hourly_hours=pl.lit(9, pl.Int64), hourly_reports=pl.lit(9, pl.Int64),
        hourly_connections=pl.lit(99, pl.Int64), hourly_period_seconds=pl.lit(61.0),
        hourly_evidence=pl.Series(chance.uniform(-1, 6, keys.height)),
        hourly_p_value=pl.Series(chance.uniform(0, 1, keys.height)),
        hourly_jitter_fraction=pl.lit(0.2),
    )  # fmt: skip
    timed = keys.with_columns(
        timing_evidence=pl.lit(2.0), p_value=pl.lit(0.01), polls=pl.lit(9, pl.Int64),
        period_seconds=pl.lit(60.0), jitter_fraction=pl.lit(0.1),
        aggregated_rows=pl.lit(0, pl.Int64), strand=pl.lit(0, pl.Int64),
    )  # fmt: skip
    spoke = hourly.combine(timed, counted)
    high = spoke.select(pl.max_horizontal(pl.lit(2.0), "hourly_evidence")).to_series()
    assert spoke.height > 20
    assert (spoke["timing_evidence"] <= high + 1e-9).all()
    assert (spoke["timing_evidence"] >= high - 0.302).all()
    assert spoke["p_value"].is_between(0, 0.02).all()
    better = pl.col("hourly_evidence") > 2.0
    assert spoke.filter(better)["period_seconds"].unique().to_list() == [61.0]
    assert spoke.filter(~better)["jitter_fraction"].unique().to_list() == [0.1]


def test_without_aggregates_the_timeline_speaks_alone() -> None:
    found = channel([event(30 * i) for i in range(20)])
    assert (found["track"], found["polls"]) == ("event", 20)
    assert not any("aggregate" in note for note in found["quality"])
