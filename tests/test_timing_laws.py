"""What must hold of any measure of being on a timer."""

import numpy as np
import polars as pl
import pytest
from test_timing_kernel import flat

from beacon import timing


def timer(rng, n=40, period=60.0, jitter=0.1):
    return 1e6 + np.cumsum(period * (1 - jitter * rng.random(n)))


def evidence(series):
    return timing.measure(*flat(series))["evidence"]


@pytest.fixture
def mixed():
    rng = np.random.default_rng(7)
    timers = [timer(rng, int(rng.integers(3, 300)), 10 ** rng.uniform(1.2, 3.5)) for _ in range(40)]
    people = [1e6 + np.cumsum(rng.exponential(90, rng.integers(3, 300))) for _ in range(40)]
    return [*timers, *people]


def test_columns_types_and_what_cannot_be_said():
    series = [np.zeros(0), np.array([3.0]), np.array([3.0, 9.0]), np.full(9, 5.0)]
    frame = timing.score(*flat(series))
    assert frame["evidence"].to_list() == [0.0] * 4
    assert frame["p_value"].to_list() == [1.0] * 4
    assert frame["polls"].to_list() == [0, 1, 2, 1]
    assert frame["period_seconds"].null_count() == frame["jitter_fraction"].null_count() == 4
    assert frame.schema["evidence"] == pl.Float64
    empty = timing.score(np.zeros(0), np.zeros(1, np.int64))
    assert empty.height == 0
    assert empty.columns == frame.columns


def test_finite_and_the_same_every_time(mixed):
    first, second = (timing.score(*flat(mixed)) for _ in range(2))
    assert first.equals(second)
    assert first["evidence"].is_finite().all()
    assert first["p_value"].is_between(0, 1).all()


def test_a_shift_in_time_changes_nothing(mixed):
    moved = [one + 86_400.0 * 365 for one in mixed]
    assert evidence(moved) == pytest.approx(evidence(mixed), abs=0.05)


def test_a_far_away_host_changes_nothing(mixed):
    more = [*mixed, np.cumsum(np.random.default_rng(1).exponential(5, 2000)), np.arange(9.0)]
    assert evidence(more)[: len(mixed)] == pytest.approx(evidence(mixed), abs=0.05)


def test_order_of_series_changes_nothing(mixed):
    assert evidence(mixed[::-1])[::-1] == pytest.approx(evidence(mixed), abs=0.05)


def test_company_changes_not_even_the_last_digit(mixed):
    with timing.on_one_thread():
        together = timing.measure(*flat(mixed))
        for some in ([0], [3, 50], range(0, 80, 3), range(40, 80)):
            apart = timing.measure(*flat([mixed[i] for i in some]))
            for name, values in apart.items():
                assert np.array_equal(values, together[name][list(some)], equal_nan=True), name


def test_reversed_gaps_tell_nearly_the_same(mixed):
    reversed_ = [one[-1] - one[::-1] for one in mixed]
    close = np.abs(evidence(reversed_) - evidence(mixed)) < 0.5
    assert close.mean() > 0.9


def test_the_scale_of_time_hardly_matters(mixed):
    slower = [7.3 * one for one in mixed]
    agree = (evidence(slower) > 1) == (evidence(mixed) > 1)
    assert agree.mean() > 0.9


def test_rises_with_polls_and_falls_with_jitter():
    rng = np.random.default_rng(11)
    by_n = [np.mean(evidence([timer(rng, n) for _ in range(40)])) for n in (3, 5, 8, 15, 40)]
    assert by_n == sorted(by_n)
    wide = (0.0, 0.3, 0.6, 0.95)
    by_j = [np.mean(evidence([timer(rng, 12, 60, j) for _ in range(40)])) for j in wide]
    assert by_j == sorted(by_j, reverse=True)


@pytest.mark.parametrize("period", [1.0, 5.0, 30.0, 3600.0, 86_400.0])
def test_finds_the_period_and_jitter(period):
    rng = np.random.default_rng(2)
    frame = timing.score(*flat([1e6 + np.cumsum(rng.normal(period, period / 20, 60))]))
    assert frame["evidence"][0] > 2
    assert frame["period_seconds"][0] == pytest.approx(period, rel=0.05)
    assert frame["jitter_fraction"][0] == pytest.approx(0.05, abs=0.02)


def test_three_exact_polls_beat_99_percent_of_random_triples():
    rng = np.random.default_rng(5)
    exact = evidence([np.array([0.0, 30.1, 60.2])])[0]
    chance = evidence([np.cumsum(rng.exponential(30, 3)) for _ in range(4000)])
    assert (chance >= exact).mean() < 0.01


def disturbed(rng, how):
    ticks = timer(rng, 80)
    if how == "a third missing":
        return ticks[rng.random(80) > 1 / 3]
    if how == "several connections a poll":
        return np.sort(np.concatenate([ticks, ticks + rng.uniform(0, 2, 80), ticks[:40] + 0.5]))
    if how == "a third other traffic":
        return np.sort(np.concatenate([ticks, rng.uniform(ticks[0], ticks[-1], 40)]))
    if how == "one-second stamps":
        return np.floor(ticks)
    if how == "a reboot and a night":
        return np.concatenate([ticks[:40], ticks[40:] + 30_017])
    return np.concatenate([ticks[:40], ticks[39] + np.cumsum(rng.uniform(18, 20, 40))])


@pytest.mark.parametrize(
    "how",
    ["a third missing", "several connections a poll", "a third other traffic",
     "one-second stamps", "a reboot and a night", "a change of interval"],
)  # fmt: skip
def test_survives(how):
    rng = np.random.default_rng(9)
    assert np.median(evidence([disturbed(rng, how) for _ in range(20)])) > 2


@pytest.mark.parametrize(
    ("times", "offsets"),
    [
        ([0.0, 60.0, 30.0], [0, 3]),
        ([0.0, 30.0, np.nan], [0, 3]),
        ([-np.inf, 0.0, 30.0], [0, 3]),
        ([0.0, 30.0, 60.0], [0, 2]),
        ([0.0, 30.0, 60.0], [1, 3]),
        ([0.0, 30.0, 60.0], [0, 4]),
        ([0.0, 30.0, 60.0], [0, 2, 1, 3]),
        ([], []),
    ],
)
def test_refuses_what_is_no_series(times, offsets):
    with pytest.raises(ValueError, match="must"):
        timing.score(np.array(times), np.array(offsets))


def test_a_series_may_begin_before_the_one_beside_it_ends():
    later, sooner = 9e5 + 30.0 * np.arange(5), 30.0 * np.arange(5)
    found = timing.score(np.concatenate([later, [], sooner]), np.array([0, 5, 5, 10]))
    assert found["polls"].to_list() == [5, 0, 5]
    assert found["evidence"][0] == found["evidence"][2] > 0
